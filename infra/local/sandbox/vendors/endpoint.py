"""A tenant's own endpoint that takes Standard Webhooks. Some types of event stand for what endpoints may answer."""

import base64
import secrets
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request

ANSWERS: Final = {"test.gone": 410, "test.missing": 404, "test.refused": 422}
"""By type of event the status it is answered with."""
MOVED: Final = "test.moved"
"""The type of event that is answered with a redirect."""


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payload, as the specification recommends it."""

    type: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_./:-]+$")]
    timestamp: datetime
    data: dict[str, Any]


class Endpoint(Vendor):
    """One endpoint, which also wants a header of its own."""

    hosts: ClassVar = frozenset({"hooks.example.com"})
    documentation: ClassVar = (
        "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
    )

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return where the endpoint is, its secret and its header."""
        return {
            "url": "https://hooks.example.com/herald?from=tests",
            "secret": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "headers": {"X-Api-Key": secrets.token_hex(16)},
        }

    def answer(self, request: Request) -> Answer:
        """Check the signature, then the event. The id of what is taken is the caller's."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        try:
            event = msgspec.json.decode(request.body, type=_Event)
        except msgspec.DecodeError as error:
            return Answer(400, str(error).encode())
        if event.type == MOVED:
            return Answer(307, headers={"location": "https://hooks.example.com/elsewhere"})
        if event.type in ANSWERS:
            return Answer(ANSWERS[event.type])
        return Answer(204, vendor_id=request.headers["webhook-id"])

    def failure(self, status: int) -> Answer:
        """A status without words."""
        return Answer(status)

    def _refusal(self, request: Request) -> Answer | None:
        account = self.accounts["endpoint"]
        if not account["url"].endswith(request.url.removeprefix("https://hooks.example.com")):
            return Answer(404)
        if request.method != "POST" or request.media_type != JSON_TYPE:
            return Answer(405)
        if request.headers.get("x-api-key") != account["headers"]["X-Api-Key"]:
            return Answer(401)
        try:
            Webhook(account["secret"]).verify(request.body, dict(request.headers), json_parse=False)
        except WebhookVerificationError as error:
            return Answer(401, str(error).encode())
        return None
