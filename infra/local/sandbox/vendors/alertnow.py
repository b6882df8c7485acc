"""AlertNow's standard integration, as far as it is known (see the provider)."""

import secrets
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer

Filled = Annotated[str, msgspec.Meta(min_length=1)]


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event; all of it is needed."""

    event_id: Filled
    event_type: Literal["ERROR", "WARNING", "INFO"]
    status: Literal["open", "close"]
    summary: Filled


class Alertnow(Vendor):
    """One integration."""

    hosts: ClassVar = frozenset({"alertnowitgr.opsnow.com"})
    documentation: ClassVar = "https://www.opsnow.com/alertnow/"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return the key in the integration's address."""
        return {"apiKey": secrets.token_hex(18)}

    def answer(self, request: Request) -> Answer:
        """Check the address, then the event."""
        if request.method != "POST" or request.media_type != JSON_TYPE:
            return _say(405, "method not allowed")
        if request.path != f"/integration/standard/v1/{self.accounts['alertnow']['apiKey']}":
            return _say(404, "integration not found")
        try:
            event = msgspec.json.decode(request.body, type=_Event)
        except msgspec.DecodeError as error:
            return _say(400, str(error))
        return json_answer(200, {"code": "200", "msg": "ok"}, vendor_id=event.event_id)

    def failure(self, status: int) -> Answer:
        """A code and a word."""
        return _say(status, "error")


def _say(status: int, word: str) -> Answer:
    return json_answer(status, {"code": str(status), "msg": word})
