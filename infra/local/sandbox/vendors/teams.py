"""Teams: a workflow's webhook, and a connector's. Some addresses stand for errors: see DISABLED and REMOVED."""

import secrets
import urllib.parse
from typing import Any, ClassVar, Final

import msgspec

from infra.local.sandbox.schemas.teams import Payload
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer

_WORKFLOWS: Final = "prod-07.westeurope.logic.azure.com"
_CONNECTORS: Final = "sandbox.webhook.office.com"
DISABLED: Final = f"https://{_WORKFLOWS}:443/workflows/disabled/triggers/manual/paths/invoke?sig=x"
"""A workflow that was turned off."""
CONNECTOR: Final = f"https://{_CONNECTORS}/webhookb2/0-1@2-3/IncomingWebhook/4/5-6"
REMOVED: Final = f"https://{_CONNECTORS}/webhookb2/0-1@2-3/IncomingWebhook/removed/5-6"
"""A connector, and one that is no more."""
_MAX_BYTES: Final = 28 * 1024
_ERRORS: Final = {
    400: ("WorkflowTriggerIsNotEnabled", "Could not execute workflow trigger 'manual': its workflow is 'Disabled'."),
    401: ("DirectApiAuthorizationRequired", "The request must be authenticated only by Shared Access scheme."),
    404: ("WorkflowNotFound", "The workflow could not be found."),
    413: ("RequestEntityTooLarge", "The request is too large."),
    429: ("WorkflowTriggerRequestRateExceeded", "The number of requests exceeded the limit."),
    500: ("InternalServerError", "Encountered internal server error."),
}
_FAILED: Final = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {} with ContextId tcid=0,server=sandbox"  # noqa: E501 - their sentence


class Teams(Vendor):
    """One workflow that posts into a channel, and one connector of that channel."""

    hosts: ClassVar = frozenset({_WORKFLOWS, _CONNECTORS})
    documentation: ClassVar = (
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using"
    )

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return the address of a workflow's webhook."""
        query = urllib.parse.urlencode(
            {"api-version": "2016-06-01", "sp": "/triggers/manual/run", "sv": "1.0", "sig": secrets.token_urlsafe(32)}
        )
        path = f"workflows/{secrets.token_hex(16)}/triggers/manual/paths/invoke"
        return {"webhookUrl": f"https://{_WORKFLOWS}:443/{path}?{query}"}

    def answer(self, request: Request) -> Answer:
        """Answer as a workflow or as a connector."""
        host = urllib.parse.urlsplit(request.url).hostname
        return _as_connector(request) if host == _CONNECTORS else self._as_workflow(request)

    def failure(self, status: int) -> Answer:
        """JSON with a code."""
        code, message = _ERRORS.get(status, _ERRORS[500])
        return _error(status, code, message)

    def _as_workflow(self, request: Request) -> Answer:
        ours = urllib.parse.urlsplit(self.accounts["teams"]["webhookUrl"])
        if request.path == urllib.parse.urlsplit(DISABLED).path:
            return self.failure(400)
        if request.method != "POST" or request.path != ours.path:
            return self.failure(404)
        if request.query != dict(urllib.parse.parse_qsl(ours.query)):
            return self.failure(401)
        if _read(request) is None:
            return _error(
                400, "TriggerInputSchemaMismatch", "The input body for trigger 'manual' did not match its schema"
            )
        if len(request.body) > _MAX_BYTES:
            return self.failure(413)
        run = f"0858{request.id.upper()}CU00"
        return Answer(202, b"", {"x-ms-workflow-run-id": run, "x-ms-request-id": f"westeurope:{request.id}"}, run)


def _as_connector(request: Request) -> Answer:
    """Answer 200 to nearly everything: what Teams said stands in the text."""
    if request.path == urllib.parse.urlsplit(REMOVED).path:
        return _text(410, "Connector configuration not found")
    if request.method != "POST" or request.path != urllib.parse.urlsplit(CONNECTOR).path:
        return _text(404, "Invalid webhook URL")
    if len(request.body) > _MAX_BYTES:
        return _text(200, _FAILED.format(413), refused=True)
    return _text(200, _FAILED.format(400), refused=True) if _read(request) is None else _text(200, "1")


def _read(request: Request) -> Payload | None:
    if request.media_type != JSON_TYPE:
        return None
    try:
        return msgspec.json.decode(request.body, type=Payload)
    except msgspec.DecodeError:
        return None


def _text(status: int, text: str, *, refused: bool = False) -> Answer:
    return Answer(status, text.encode(), {"content-type": "text/plain; charset=utf-8"}, refused=refused)


def _error(status: int, code: str, message: str) -> Answer:
    return json_answer(status, {"error": {"code": code, "message": message}})
