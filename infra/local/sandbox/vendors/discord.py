"""Discord's webhooks: execute one, get one."""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import msgspec

from infra.local.sandbox.schemas.discord import Embed, Execute
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer

_ERRORS: Final = {
    400: (50035, "Invalid Form Body"),
    401: (50027, "Invalid Webhook Token"),
    403: (50013, "You lack permissions to perform that action"),
    404: (10015, "Unknown Webhook"),
    405: (0, "405: Method Not Allowed"),
    500: (0, "500: Internal Server Error"),
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""
_PATH: Final = re.compile(r"/api(/v\d+)?/webhooks/(?P<id>\d+)/(?P<token>[\w-]+)")
_CONTENT: Final = 2_000
_EMBEDS: Final = 10
_FIELDS: Final = 25
_ALL_EMBEDS: Final = 6_000
_LIMITS: Final = {"title": 256, "description": 4_096, "name": 256, "value": 1_024, "text": 2_048}
"""https://docs.discord.com/developers/resources/message#embed-object-embed-limits"""


class Discord(Vendor):
    """One webhook."""

    hosts: ClassVar = frozenset({"discord.com"})
    documentation: ClassVar = "https://docs.discord.com/developers/resources/webhook#execute-webhook"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return the address of a webhook."""
        return {"webhookUrl": f"https://discord.com/api/webhooks/{10**17 + secrets.randbelow(10**17)}/{_token()}"}

    def answer(self, request: Request) -> Answer:
        """Check the webhook, then the message."""
        path, ours = _PATH.fullmatch(request.path), _PATH.search(self.accounts["discord"]["webhookUrl"])
        if path is None or ours is None or path["id"] != ours["id"]:
            return self.failure(404)
        if path["token"] != ours["token"]:
            return self.failure(401)
        if request.method == "GET":
            return json_answer(200, {"id": path["id"], "type": 1, "name": "Herald", "token": path["token"]})
        if request.method != "POST":
            return self.failure(405)
        return self._execute(path["id"], request)

    def failure(self, status: int) -> Answer:
        """JSON with a code; what is limited by rate says for how long."""
        if status == 429:  # noqa: PLR2004
            limited = {"message": "You are being rate limited.", "retry_after": 1.5, "global": False}
            return json_answer(429, limited)
        code, message = _ERRORS.get(status, _ERRORS[500])
        return json_answer(status, {"message": message, "code": code})

    def _execute(self, webhook: str, request: Request) -> Answer:
        if request.media_type != JSON_TYPE:
            return _invalid("", "Expected JSON")
        try:
            message = msgspec.json.decode(request.body, type=Execute)
        except msgspec.DecodeError as error:
            return _invalid("", str(error))
        if not (message.content or message.embeds):
            return json_answer(400, {"message": "Cannot send an empty message", "code": 50006})
        if problem := next(_problems(message), None):
            return _invalid(*problem)
        if request.query.get("wait") != "true":
            return Answer(204)
        identifier = str(int(request.id[:15], 16))
        sent_at = datetime.fromtimestamp(request.at, UTC).isoformat()
        created = {"id": identifier, "webhook_id": webhook, "content": message.content or "", "timestamp": sent_at}
        return json_answer(200, created, vendor_id=identifier)


def _token() -> str:
    return secrets.token_urlsafe(51)


def _problems(message: Execute) -> Iterator[tuple[str, str]]:
    if message.content and len(message.content) > _CONTENT:
        yield "content", f"Must be {_CONTENT} or fewer in length."
    if len(message.embeds) > _EMBEDS:
        yield "embeds", f"Must be {_EMBEDS} or fewer in length."
    if sum(len(text) for embed in message.embeds for _, text in _texts(embed)) > _ALL_EMBEDS:
        yield "embeds", f"Embed size exceeds maximum size of {_ALL_EMBEDS}"
    for number, embed in enumerate(message.embeds):
        yield from ((f"embeds.{number}.{name}", problem) for name, problem in _embed_problems(embed))


def _embed_problems(embed: Embed) -> Iterator[tuple[str, str]]:
    for name, text in _texts(embed):
        if not text or len(text) > _LIMITS[name]:
            yield name, f"Must be between 1 and {_LIMITS[name]} in length."
    if len(embed.fields) > _FIELDS:
        yield "fields", f"Must be {_FIELDS} or fewer in length."
    if embed.url and not embed.url.startswith(("http://", "https://")):
        yield "url", "Scheme must be one of ('http', 'https')."


def _texts(embed: Embed) -> Iterator[tuple[str, str]]:
    yield from ((name, text) for name in ("title", "description") if (text := getattr(embed, name)) is not None)
    for field in embed.fields:
        yield from (("name", field.name), ("value", field.value))
    if embed.footer:
        yield "text", embed.footer.text
    if embed.author:
        yield "name", embed.author.name


def _invalid(field: str, problem: str) -> Answer:
    errors: dict[str, Any] = {"_errors": [{"code": "BASE_TYPE_BAD", "message": problem}]}
    for name in reversed(field.split(".")):
        errors = {name: errors}
    return json_answer(400, {"message": "Invalid Form Body", "code": 50035, "errors": errors})
