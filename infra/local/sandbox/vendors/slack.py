"""Slack's incoming webhooks: one app in one workspace. Some services stand for errors: see SPECIAL_SERVICES."""

import re
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import msgspec

from infra.local.sandbox.schemas.slack import Button, Payload, PlainText, Text
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request

_ERRORS: Final = {
    400: "invalid_payload",
    403: "action_prohibited",
    404: "no_service",
    410: "channel_is_archived",
    429: "rate_limited",
    500: "rollup_error",
}
"""https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors"""
SPECIAL_SERVICES: Final = {"BARCHIVED": (410, "channel_is_archived"), "BPROHIBITED": (403, "action_prohibited")}
"""Slack has no webhooks for tests, so these are ours."""
_PATH: Final = re.compile(r"/services/(?P<team>T\w+)/(?P<service>B\w+)/(?P<token>\w+)")
_MOST_BLOCKS: Final = 50
_MOST_ELEMENTS: Final = 25
_HEADER: Final = 150
_SECTION: Final = 3_000
_BUTTON: Final = 75
_KNOWN_BLOCKS: Final = re.compile(
    "actions|context|divider|file|header|image|input|markdown|rich_text|section|table|video"
)
_UNESCAPED: Final = re.compile(r"<(?![@#!]|https?://|mailto:)|&(?!(amp|lt|gt);)")
"""Slack shows it somehow; whoever means it as text escapes it, so here it is an error."""


class Slack(Vendor):
    """One app with one webhook."""

    hosts: ClassVar = frozenset({"hooks.slack.com"})
    documentation: ClassVar = "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return the address of a webhook."""
        team, service = (secrets.token_hex(4).upper() for _ in range(2))
        return {"webhookUrl": f"https://hooks.slack.com/services/T{team}/B{service}/{secrets.token_hex(12)}"}

    def answer(self, request: Request) -> Answer:
        """Check where it goes, then what it says."""
        refusal = self._refusal(request)
        if refusal:
            return _say(*refusal)
        try:
            payload = msgspec.json.decode(request.body, type=Payload)
        except msgspec.DecodeError:
            return _say(400, "invalid_payload")
        error = next(_errors(payload), None)
        return _say(400, error) if error else _say(200, "ok")

    def failure(self, status: int) -> Answer:
        """A word in plain text."""
        return _say(status, _ERRORS.get(status, _ERRORS[500]))

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        known = _PATH.fullmatch(request.path)
        ours = _PATH.search(self.accounts["slack"]["webhookUrl"])
        if request.method != "POST" or request.media_type != JSON_TYPE:
            return 400, "invalid_payload"
        if known and known["service"] in SPECIAL_SERVICES:
            return SPECIAL_SERVICES[known["service"]]
        if known is None or ours is None or known["team"] != ours["team"]:
            return 404, "no_team"
        if known["service"] != ours["service"]:
            return 404, "no_service"
        return (403, "invalid_token") if known["token"] != ours["token"] else None


def _errors(payload: Payload) -> Iterator[str]:
    if not (payload.text or payload.blocks or payload.attachments):
        yield "no_text"
    if payload.text and _UNESCAPED.search(payload.text):
        yield "invalid_payload"
    if len(payload.blocks) > _MOST_BLOCKS or not all(_is_valid(block) for block in payload.blocks):
        yield "invalid_blocks"


def _is_valid(block: dict[str, Any]) -> bool:
    """Check a block as https://docs.slack.dev/reference/block-kit/blocks says, as far as Herald writes such ones."""
    try:
        match block.get("type"):
            case "header":
                return 0 < len(msgspec.convert(block["text"], PlainText).text) <= _HEADER
            case "section" if "fields" not in block:
                return 0 < len(msgspec.convert(block["text"], Text).text) <= _SECTION
            case "actions":
                return 0 < len(block["elements"]) <= _MOST_ELEMENTS and all(map(_is_button, block["elements"]))
            case kind:
                return isinstance(kind, str) and _KNOWN_BLOCKS.fullmatch(kind) is not None
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError):
        return False


def _is_button(element: dict[str, Any]) -> bool:
    if element.get("type") != "button":
        return True
    button = msgspec.convert(element, Button)
    return 0 < len(button.text.text) <= _BUTTON and (button.url is None or button.url.startswith("http"))


def _say(status: int, word: str) -> Answer:
    return Answer(status, word.encode(), {"content-type": "text/html"})
