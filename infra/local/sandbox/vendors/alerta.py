"""An Alerta server with the usual plugins: it wants a service and one of two environments, and knows one key."""

import secrets
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final

import msgspec

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer

_ENVIRONMENTS: Final = ("Production", "Development")
"""https://docs.alerta.io/configuration.html: ALLOWED_ENVIRONMENTS, which the `reject` plugin holds alerts to."""
_SEVERITIES: Final = frozenset(
    {"security", "critical", "major", "minor", "warning", "indeterminate", "informational", "normal", "ok", "cleared"}
    | {"debug", "trace", "unknown"}
)
_STATUSES: Final = frozenset({"open", "assign", "ack", "shelved", "blackout", "closed", "expired", "unknown"})
_MESSAGES: Final = {404: "not found", 429: "rate limit exceeded", 500: "insert or update of received alert failed"}


class _Alert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alert (https://docs.alerta.io/api/reference.html#create-an-alert)."""

    resource: Annotated[str, msgspec.Meta(min_length=1)]
    event: Annotated[str, msgspec.Meta(min_length=1)]
    environment: str = ""
    severity: str = "indeterminate"
    correlate: list[str] = []
    status: str = "open"
    service: list[str] = []
    group: str = "Misc"
    value: str = "n/a"
    text: str = ""
    tags: list[str] = []
    attributes: dict[str, Any] = {}
    origin: str = ""
    type: str = "exceptionAlert"
    createTime: str | None = None  # noqa: N815 - the vendor's word
    timeout: int | None = None
    rawData: str | None = None  # noqa: N815 - the vendor's word


class Alerta(Vendor):
    """One server with one API key."""

    hosts: ClassVar = frozenset({"alerta.example.com"})
    documentation: ClassVar = "https://docs.alerta.io/api/reference.html"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return where the server is, and a key."""
        return {"endpoint": "https://alerta.example.com/api", "apiKey": secrets.token_urlsafe(30)}

    def answer(self, request: Request) -> Answer:
        """Check the key, then the alert."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Key" or not key:
            return _refuse(401, "Missing authorization API Key or Bearer Token")
        if key != self.accounts["alerta"]["apiKey"]:
            return _refuse(401, f"API key parameter '{key}' is invalid")
        match request.method, request.path:
            case "GET", "/api/alerts/count":
                return json_answer(200, {"status": "ok", "total": 0, "severityCounts": {}, "statusCounts": {}})
            case "POST", "/api/alert":
                return _receive(request)
        return self.failure(404)

    def failure(self, status: int) -> Answer:
        """JSON with a message."""
        return _refuse(status, _MESSAGES.get(status, _MESSAGES[500]))


def _receive(request: Request) -> Answer:
    if request.media_type != JSON_TYPE:
        return _refuse(415, "Did not attempt to load JSON data because the request Content-Type was not JSON.")
    try:
        alert = msgspec.json.decode(request.body, type=_Alert)
    except msgspec.DecodeError as error:
        return _refuse(400, str(error))
    if wrong := next(_errors(alert), None):
        return _refuse(400, wrong)
    if rejected := next(_rejections(alert), None):
        return _refuse(403, rejected)
    taken = {"status": "ok", "id": request.id, "alert": {"id": request.id, **msgspec.to_builtins(alert)}}
    return json_answer(201, taken, vendor_id=request.id)


def _errors(alert: _Alert) -> Iterator[str]:
    if any("." in name or "$" in name for name in alert.attributes):
        yield 'Attribute keys must not contain "." or "$"'
    if alert.severity not in _SEVERITIES:
        yield f"Severity ({alert.severity}) is not one of {', '.join(sorted(_SEVERITIES))}"
    if alert.status not in _STATUSES:
        yield f"Status ({alert.status}) is not one of {', '.join(sorted(_STATUSES))}"


def _rejections(alert: _Alert) -> Iterator[str]:
    if alert.environment not in _ENVIRONMENTS:
        yield f"[POLICY] Alert environment does not match one of {', '.join(_ENVIRONMENTS)}"
    if not alert.service:
        yield "[POLICY] Alert must define a service"


def _refuse(status: int, message: str) -> Answer:
    return json_answer(status, {"status": "error", "message": message, "code": status, "errors": None})
