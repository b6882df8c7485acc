"""What AWS's services have in common: the signature, and keys of their own."""

import re
import secrets
from typing import Any, Final

from infra.local.sandbox.web import Request

REGION: Final = "us-east-1"
_SIGNATURE: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<scope>[^,]+), ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}"
)


def new_key() -> dict[str, Any]:
    """Return an access key of the usual form."""
    return {"accessKeyId": f"AKIA{secrets.token_hex(8).upper()}", "secretAccessKey": secrets.token_urlsafe(30)}


def signature_fault(request: Request, service: str, key: str) -> str | None:
    """Return the error code of a request that `key` did not sign for `service`; the signature itself is not computed.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
    """
    header = request.headers.get("authorization")
    if header is None:
        return "MissingAuthenticationToken"
    signature = _SIGNATURE.fullmatch(header)
    if signature is None:
        return "IncompleteSignature"
    if signature["scope"] != f"{REGION}/{service}/aws4_request":
        return "SignatureDoesNotMatch"
    return None if signature["key"] == key else "InvalidClientTokenId"
