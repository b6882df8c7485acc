"""One call of a route, as views see it: who calls, in which tenant, and the ids that follow the call everywhere."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from chalicelib.domain.errors import MalformedRequestError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.value import Millis
from chalicelib.services.accept import IdempotencyKey

Headers = Mapping[str, str]

_TRACING_ID: Final = re.compile(r"[A-Za-z0-9._:@/+=-]{1,128}\Z")
_IDEMPOTENCY_KEY: Final = re.compile(r"(?=.*[\x21-\x7e])[\x20-\x7e]{1,255}\Z")


class Trace(msgspec.Struct, frozen=True):
    """The ids of a call: the caller's own if it sent usable ones, handed on to everything that follows from it."""

    request_id: str
    correlation_id: str


class Call(msgspec.Struct, frozen=True):
    """One call. `idempotency` is present when the route honors it and the caller sent a key.

    Code that runs for a call with a tenant acts for that one (`tenancy.tenant_scope`).
    """

    trace: Trace
    now: Millis
    caller: Principal | None = None
    in_tenant: TenantId | None = None
    idempotency: IdempotencyKey | None = None

    @property
    def principal(self) -> Principal:
        """Who calls; RuntimeError on a public route, which does not know."""
        if self.caller is None:
            raise RuntimeError("a public route has no caller")
        return self.caller

    @property
    def tenant(self) -> TenantId:
        """The tenant the call acts in; RuntimeError on a route that acts in none."""
        if self.in_tenant is None:
            raise RuntimeError("the route does not act in a tenant")
        return self.in_tenant


def read_trace(headers: Headers, generated: str) -> Trace:
    """Return the ids of a call; `generated` is its id unless the caller sent one."""
    request_id = _usable(headers.get("x-request-id")) or generated
    return Trace(request_id=request_id, correlation_id=_usable(headers.get("x-correlation-id")) or request_id)


def read_idempotency_key(headers: Headers) -> str | None:
    """Return the `Idempotency-Key`, without the quotes it may have (it is a structured string by its draft).

    https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/

    Raises
    ------
    MalformedRequestError
        It is blank, has more than 255 characters, or others than printable ASCII.
    """
    text = headers.get("idempotency-key")
    if text is None:
        return None
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not _IDEMPOTENCY_KEY.match(key):
        raise MalformedRequestError("Idempotency-Key must have 1 to 255 printable ASCII characters")
    return key


def _usable(text: str | None) -> str | None:
    # An id that could break a log line or a header is replaced: tracing never fails a request.
    return text if text is not None and _TRACING_ID.match(text) else None
