"""Sealing of secrets (`services.ports.Vault`): AES-256-GCM by the AWS Encryption SDK under the stack's KMS key.

The tenant is in the encryption context, so a sealed secret of one tenant does not open as another's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import session
from chalicelib.domain.ids import TenantId

if TYPE_CHECKING:
    from aws_encryption_sdk import EncryptionSDKClient, StrictAwsKmsMasterKeyProvider

ABOUT_THE_SECRET: Final = frozenset(
    {"AccessDeniedException", "IncorrectKeyException", "InvalidCiphertextException", "NotFoundException"}
)
"""What KMS says when the secret is another's, altered, or of a key that is gone: asking again would not help."""


@dataclass(slots=True)
class KmsVault:
    """`services.ports.Vault` on KMS. The SDK is loaded when the first secret is sealed or opened."""

    key_arn: str
    _making: Lock = field(default_factory=Lock, repr=False)
    _made: "tuple[EncryptionSDKClient, StrictAwsKmsMasterKeyProvider] | None" = field(default=None, repr=False)

    def seal(self, tenant: TenantId, secret: Mapping[str, Any]) -> bytes:
        """Encrypt a secret for a tenant."""
        sdk, keys = self._parts()
        sealed, _ = sdk.encrypt(
            source=msgspec.json.encode(secret), key_provider=keys, encryption_context={"tenant": tenant}
        )
        return bytes(sealed)

    def open(self, tenant: TenantId, sealed: bytes) -> dict[str, Any]:
        """Decrypt a tenant's secret.

        Raises
        ------
        ValueError
            It was sealed for another tenant, or altered.
        ClientError, BotoCoreError
            The key service could not be asked; later it may be.
        """
        from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
        from cryptography.exceptions import InvalidSignature

        sdk, keys = self._parts()
        try:
            plain, header = sdk.decrypt(source=sealed, key_provider=keys)
        except (AWSEncryptionSDKClientError, InvalidSignature) as error:
            _raise_outage(error)
            raise ValueError("the secret cannot be opened") from error
        if header.encryption_context.get("tenant") != tenant:
            raise ValueError("the secret was sealed for another tenant")
        return msgspec.json.decode(plain, type=dict[str, Any])

    def _parts(self) -> "tuple[EncryptionSDKClient, StrictAwsKmsMasterKeyProvider]":
        with self._making:
            if self._made is None:
                from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient, StrictAwsKmsMasterKeyProvider

                sdk = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
                keys = StrictAwsKmsMasterKeyProvider(key_ids=[self.key_arn], botocore_session=session())
                self._made = (sdk, keys)
            return self._made


def _raise_outage(error: BaseException) -> None:
    """Raise what the key service said, where the SDK only tells that it failed, unless it is about the secret."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BotoCoreError):
            raise cause
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] not in ABOUT_THE_SECRET:
            raise cause
        cause = cause.__cause__ or cause.__context__
