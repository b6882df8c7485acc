import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import session
from chalicelib.aws.vault import KmsVault
from chalicelib.domain.ids import TenantId
from tests.build import ACME

SECRET = {"apiKey": "SG.secret", "serviceAccount": {"private_key": "…"}}


@pytest.fixture
def vault() -> KmsVault:
    return KmsVault(boto3.client("kms").create_key()["KeyMetadata"]["Arn"])


def test_a_sealed_secret_opens_for_its_tenant_and_shows_nothing(vault: KmsVault) -> None:
    sealed = vault.seal(ACME, SECRET)

    assert b"SG.secret" not in sealed
    assert vault.open(ACME, sealed) == SECRET


def test_it_does_not_open_for_another_tenant(vault: KmsVault) -> None:
    with pytest.raises(ValueError, match="another tenant"):
        vault.open(TenantId("beta"), vault.seal(ACME, SECRET))


@pytest.mark.parametrize("position", [0, 40, -1])
def test_an_altered_secret_does_not_open(vault: KmsVault, position: int) -> None:
    sealed = bytearray(vault.seal(ACME, SECRET))
    sealed[position] ^= 1

    with pytest.raises(ValueError, match="cannot be opened"):
        vault.open(ACME, bytes(sealed))


def test_a_key_service_out_of_reach_is_not_the_secrets_fault(monkeypatch: pytest.MonkeyPatch, vault: KmsVault) -> None:
    sealed = vault.seal(ACME, SECRET)
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    session.cache_clear()

    with pytest.raises((BotoCoreError, ClientError)):
        KmsVault(vault.key_arn).open(ACME, sealed)
