"""Everything that can be wrong with a request, each with the stable code and status a caller sees (RFC 9457)."""

from collections.abc import Sequence
from typing import ClassVar

from chalicelib.domain.value import Value


class Fault(Value, frozen=True):
    """One fault of an input: where (a JSON pointer, RFC 6901), which (a stable code) and why (for people).

    In a text of several lines `line` and `column` say where, both counted from 1.
    """

    pointer: str
    code: str
    detail: str
    line: int | None = None
    column: int | None = None


class HeraldError(Exception):
    """Base of the errors a caller may see. `code` never changes once published."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, detail: str = "", *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.faults = tuple(faults)


class MalformedRequestError(HeraldError):
    """The request could not even be read: broken JSON, a bad header, a bad cursor."""

    code, status, title = "malformed_request", 400, "The request could not be read"


class InvalidCursorError(HeraldError):
    """The cursor was altered, is of another tenant, or belongs to another query."""

    code, status, title = "invalid_cursor", 400, "The cursor is not valid for this query"


class UnauthenticatedError(HeraldError):
    """No token, or one that cannot be trusted."""

    code, status, title = "unauthenticated", 401, "A valid bearer token is required"


class ForbiddenError(HeraldError):
    """The token is good, its roles or scopes do not reach this far."""

    code, status, title = "forbidden", 403, "The token does not permit this"


class NotFoundError(HeraldError):
    """It does not exist, or it is not the caller's: the two answer alike."""

    code, status, title = "not_found", 404, "No such resource"


class ConflictError(HeraldError):
    """It exists already, or somebody changed it meanwhile."""

    code, status, title = "conflict", 409, "The resource is in another state"


class RequestInProgressError(HeraldError):
    """The first request under this Idempotency-Key is still running."""

    code, status, title = "request_in_progress", 409, "A request with this Idempotency-Key is still running"


class PayloadTooLargeError(HeraldError):
    """The body is over the limit of the route."""

    code, status, title = "payload_too_large", 413, "The request body is too large"


class UnsupportedMediaTypeError(HeraldError):
    """The body is not JSON."""

    code, status, title = "unsupported_media_type", 415, "The request body must be application/json"


class InvalidInputError(HeraldError):
    """The request was read, and what it asks for cannot be done. `faults` say where."""

    code, status, title = "invalid_input", 422, "The request is not valid"


class IdempotencyMismatchError(HeraldError):
    """The Idempotency-Key was used before, for another body."""

    code, status, title = "idempotency_mismatch", 422, "This Idempotency-Key was used with another request body"


class TemplateNotFoundError(HeraldError):
    """The send names a template the tenant does not have."""

    code, status, title = "template_not_found", 422, "The tenant has no such template"


class TenantSuspendedError(HeraldError):
    """The tenant exists and may not send."""

    code, status, title = "tenant_suspended", 403, "The tenant is suspended"


class BusyError(HeraldError):
    """The table, or what others do at the same time, kept something from being done: ask again later."""

    code, status, title = "busy", 503, "Others keep this busy; try again in a moment"


class InvalidIdError(ValueError):
    """Text that was to be an identifier is not one."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(f"not a valid {what}: {text[:64]!r}")
