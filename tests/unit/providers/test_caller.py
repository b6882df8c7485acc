"""The caller makes providers from what is stored of them, and turns what prevents that into refusals."""

import logging
from collections.abc import Iterator
from typing import Any, ClassVar

import botocore.exceptions
import msgspec
import pytest

from chalicelib.channels.base import EmailMessage, SmsMessage
from chalicelib.domain.breaker import Sign, sign_of
from chalicelib.domain.delivery import AttemptOutcome, DeliveryStatus
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused, Unsure
from chalicelib.domain.retry import change_after
from chalicelib.domain.words import Channel
from chalicelib.providers import registry
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts
from chalicelib.providers.caller import MOST_INSTANCES, Caller
from tests.build import NOW, a_delivery, a_tenant
from tests.unit.providers.fake_vault import FakeVault

MESSAGE = SmsMessage(reference="n1", to="+14155550100", text="Hello", segments=1)


class PagerSettings(ProviderSettings, frozen=True):
    token: str
    prefix: str = ""


class Pager(Provider[PagerSettings, SmsMessage]):
    """A vendor that keeps what it sent, and by whose token."""

    channel: ClassVar = Channel.SMS
    vendor: ClassVar = "pager"
    settings_type: ClassVar = PagerSettings
    secrets: ClassVar = frozenset({"token"})
    documentation: ClassVar = "https://pager.example"
    character_limit: ClassVar = 20

    made: ClassVar[list["Pager"]] = []

    def __init__(self, settings: PagerSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        if settings.token == "broken":
            raise ValueError("the SDK does not like the token: broken")
        if settings.token == "unforeseen":
            raise TypeError("the SDK stumbles over the token: unforeseen")
        self.made.append(self)

    def probe(self) -> ProviderResult | None:
        if self.settings.token == "breaks":
            raise ValueError(f"the SDK cannot ask with {self.settings.token}")
        return Accepted() if self.settings.token == "t1" else None

    def send(self, message: SmsMessage) -> ProviderResult:
        if message.text == "break":
            raise ValueError(f"the SDK cannot send {self.settings.token}")
        return Accepted(vendor_id=f"{self.settings.token}: {self.settings.prefix}{message.text}")


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault()


@pytest.fixture
def caller(vault: FakeVault, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    vendors = {"pager": Pager}

    def provider_class(channel: Channel, vendor: str) -> registry.ProviderClass:
        return vendors.get(vendor) or registry.provider_class(channel, vendor)

    monkeypatch.setattr("chalicelib.providers.caller.provider_class", provider_class)
    yield Caller(vault, Timeouts())
    Pager.made.clear()


def a_pager(vault: FakeVault, tenant: str = "acme", token: str = "t1", **changes: Any) -> ProviderConfig:
    fields: dict[str, Any] = {
        "id": ProviderId("primary"),
        "channel": Channel.SMS,
        "vendor": "pager",
        "credentials": vault.seal(TenantId(tenant), {"token": token}),
    }
    return ProviderConfig(**(fields | changes))


def misconfigured(code: str) -> Refused:
    return Refused(kind=AttemptOutcome.MISCONFIGURED, code=code)


def test_settings_and_credentials_reach_the_provider_together(caller: Caller, vault: FakeVault) -> None:
    result = caller.call(a_tenant(), a_pager(vault, settings={"prefix": "ACME "}), MESSAGE)
    assert result == Accepted(vendor_id="t1: ACME Hello", segments=1)


def test_a_provider_is_made_once_and_its_credentials_are_opened_once(caller: Caller, vault: FakeVault) -> None:
    for _ in range(3):
        caller.call(a_tenant(), a_pager(vault), MESSAGE)
    assert (len(Pager.made), vault.opened) == (1, 1)


def test_a_changed_provider_is_made_anew(caller: Caller, vault: FakeVault) -> None:
    caller.call(a_tenant(), a_pager(vault), MESSAGE)
    assert caller.call(a_tenant(), a_pager(vault, token="t2", version=2), MESSAGE) == Accepted(
        vendor_id="t2: Hello", segments=1
    )


def test_so_is_one_that_was_deleted_and_created_again_under_the_same_id_and_version(
    caller: Caller, vault: FakeVault
) -> None:
    caller.call(a_tenant(), a_pager(vault, token="old"), MESSAGE)
    assert caller.call(a_tenant(), a_pager(vault, token="new"), MESSAGE) == Accepted(vendor_id="new: Hello", segments=1)


def test_tenants_share_nothing_even_when_all_they_stored_is_alike(caller: Caller, vault: FakeVault) -> None:
    sealed_for_acme = a_pager(vault)
    caller.call(a_tenant(), sealed_for_acme, MESSAGE)
    other = caller.call(a_tenant(id=TenantId("other")), sealed_for_acme, MESSAGE)
    assert other == misconfigured("credentials_unreadable")


def test_the_number_of_providers_kept_is_bounded(caller: Caller, vault: FakeVault) -> None:
    for number in range(MOST_INSTANCES + 1):
        caller.call(a_tenant(), a_pager(vault, token=str(number)), MESSAGE)
    caller.call(a_tenant(), a_pager(vault, token="0"), MESSAGE)
    assert len(Pager.made) == MOST_INSTANCES + 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vendor": "nobody"}, "unknown_vendor"),
        ({"credentials": None}, "no_credentials"),
        ({"credentials": b"acme|[1]"}, "credentials_unreadable"),
        ({"credentials": b"other|{}"}, "credentials_unreadable"),
        ({"credentials": b"acme|{}"}, "invalid_settings"),
        ({"settings": {"prefix": 7}}, "invalid_settings"),
        ({"settings": {"colour": "red"}}, "invalid_settings"),
        ({"credentials": b'acme|{"token": "broken"}'}, "invalid_settings"),
        ({"credentials": b'acme|{"token": "unforeseen"}'}, "invalid_settings"),
        ({"channel": Channel.PUSH, "vendor": "twilio"}, "unknown_vendor"),
    ],
)
def test_what_keeps_a_provider_from_being_made_is_a_misconfiguration(
    caller: Caller, vault: FakeVault, changes: dict[str, Any], code: str
) -> None:
    assert caller.call(a_tenant(), a_pager(vault, **changes), MESSAGE) == misconfigured(code)


@pytest.mark.parametrize(
    "trouble",
    [
        botocore.exceptions.EndpointConnectionError(endpoint_url="https://kms.us-east-1.amazonaws.com"),
        botocore.exceptions.ClientError({"Error": {"Code": "ThrottlingException"}}, "Decrypt"),
    ],
)
def test_a_key_service_out_of_reach_is_tried_again_later(caller: Caller, vault: FakeVault, trouble: Exception) -> None:
    vault.trouble = trouble
    refused = Refused(kind=AttemptOutcome.RETRIABLE, code="vault_unavailable", telling=False)
    assert caller.call(a_tenant(), a_pager(vault), MESSAGE) == refused
    vault.trouble = None
    assert caller.call(a_tenant(), a_pager(vault), MESSAGE) == Accepted(vendor_id="t1: Hello", segments=1)


def test_a_message_over_the_vendors_limit_is_left_to_the_next_provider_without_a_call(
    caller: Caller, vault: FakeVault
) -> None:
    result = caller.call(a_tenant(), a_pager(vault), msgspec.structs.replace(MESSAGE, text="x" * 21))

    assert result == misconfigured("over_vendor_limit")
    assert sign_of(result) is Sign.NEITHER
    delivery = a_delivery(DeliveryStatus.SENDING, attempt=1, tries=1)
    assert change_after(delivery, result, NOW, 0.5).provider == 1
    last = change_after(msgspec.structs.replace(delivery, providers=delivery.providers[:1]), result, NOW, 0.5)
    assert last.status is DeliveryStatus.FAILED
    assert last.record is not None
    assert last.record.code == "over_vendor_limit"


def test_what_is_no_message_is_refused(caller: Caller, vault: FakeVault) -> None:
    refused = Refused(kind=AttemptOutcome.PERMANENT, code="not_a_message", telling=False)
    assert caller.call(a_tenant(), a_pager(vault), object()) == refused


def test_the_stages_own_providers_need_no_settings(vault: FakeVault, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without a sender nothing is called, so no AWS is needed to see that the provider could be made.
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = ProviderConfig(id=ProviderId("env:ses"), channel=Channel.EMAIL, vendor="ses")
    message = EmailMessage(reference="n1", to="ann@example.com", subject="Hello", text="It is.")
    assert Caller(vault, Timeouts()).call(a_tenant(), config, message) == misconfigured("no_sender")


def test_nothing_secret_is_logged_or_told(caller: Caller, vault: FakeVault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for token in ("hush", "broken"):
        result = caller.call(a_tenant(), a_pager(vault, token=token, settings={"colour": "hush"}), MESSAGE)
        assert "hush" not in repr(result)
    assert "hush" not in caplog.text
    assert "broken" not in caplog.text


def test_a_provider_that_breaks_may_have_sent_and_its_words_are_not_logged(
    caller: Caller, vault: FakeVault, caplog: pytest.LogCaptureFixture
) -> None:
    result = caller.call(a_tenant(), a_pager(vault, token="hush"), msgspec.structs.replace(MESSAGE, text="break"))

    assert result == Unsure(code="provider_broke")
    (line,) = caplog.records
    assert (line.levelname, line.provider, line.error) == ("ERROR", "pager", "ValueError")  # type: ignore[attr-defined]
    assert line.frames[-1].startswith("test_caller.py:")  # type: ignore[attr-defined]
    assert "hush" not in str(vars(line))


def test_a_provider_that_cannot_be_made_for_whatever_reason_is_prepared_and_logged_without_its_words(
    caller: Caller, vault: FakeVault, caplog: pytest.LogCaptureFixture
) -> None:
    caller.prepare(a_tenant(), a_pager(vault, token="unforeseen"))

    (line,) = caplog.records
    assert (line.levelname, line.provider, line.error) == ("ERROR", "pager", "TypeError")  # type: ignore[attr-defined]
    assert line.frames[-1].startswith("test_caller.py:")  # type: ignore[attr-defined]
    assert "unforeseen" not in str(vars(line))


@pytest.mark.parametrize(
    ("token", "result"), [("t1", Accepted()), ("t2", None), ("breaks", Unsure(code="provider_broke"))]
)
def test_a_vendor_is_asked_where_it_can_be(
    token: str, result: ProviderResult | None, vault: FakeVault, caller: Caller
) -> None:
    assert caller.probe(a_tenant(), a_pager(vault, token=token)) == result


def test_a_provider_that_cannot_be_made_is_not_asked(vault: FakeVault, caller: Caller) -> None:
    refused = Refused(kind=AttemptOutcome.MISCONFIGURED, code="invalid_settings")

    assert caller.probe(a_tenant(), a_pager(vault, token="broken")) == refused
