"""PagerDuty's Events API v2: one integration in both regions."""

import secrets
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import msgspec

from infra.local.sandbox.schemas.pagerduty import Event
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request, json_answer

_KEY: Final = 32
_MOST_BYTES: Final = 512_000


class Pagerduty(Vendor):
    """One service with one integration."""

    hosts: ClassVar = frozenset({"events.pagerduty.com", "events.eu.pagerduty.com"})
    documentation: ClassVar = "https://developer.pagerduty.com/docs/events-api-v2-overview"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return an integration key."""
        return {"routingKey": secrets.token_hex(16)}

    def answer(self, request: Request) -> Answer:
        """Check the event, then the key in it."""
        if request.path != "/v2/enqueue" or request.method != "POST":
            return json_answer(404, {"status": "Not Found", "message": "Not Found"})
        if len(request.body) > _MOST_BYTES:
            return json_answer(413, {"status": "payload too large", "message": "Event object exceeds 512KB"})
        try:
            event = msgspec.json.decode(request.body, type=Event)
        except msgspec.ValidationError as error:
            return _invalid(str(error))
        except msgspec.DecodeError as error:
            return json_answer(400, {"status": "invalid event", "message": f"JSON is invalid: {error}"})
        if errors := list(self._errors(event)):
            return _invalid(*errors)
        key = event.dedup_key or request.id
        taken = {"status": "success", "message": "Event processed", "dedup_key": key}
        return json_answer(202, taken, vendor_id=key)

    def failure(self, status: int) -> Answer:
        """JSON with a status in words; of 429 only the HTTP status is documented."""
        if status == 429:  # noqa: PLR2004
            return Answer(429, b"Too Many Requests", {"content-type": "text/plain"})
        return json_answer(status, {"status": "error", "message": "Internal Server Error"})

    def _errors(self, event: Event) -> Iterator[str]:
        if len(event.routing_key) != _KEY:
            yield "Length of 'routing_key' is incorrect (should be 32 characters)"
        elif event.routing_key != self.accounts["pagerduty"]["routingKey"]:
            yield "Invalid routing key"
        if event.event_action == "trigger" and event.payload is None:
            yield "'payload' is missing or blank"
        if event.event_action != "trigger" and not event.dedup_key:
            yield "'dedup_key' is missing or blank"


def _invalid(*errors: str) -> Answer:
    return json_answer(400, {"status": "invalid event", "message": "Event object is invalid", "errors": errors})
