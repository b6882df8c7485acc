"""Discord: what a message looks like there, and what it answers. The rest is shown by the contract suite."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.channels.base import ChatMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.chat.discord import Discord, DiscordSettings, body_of, judged
from chalicelib.providers.registry import setting_faults
from tests.unit.providers.answers import answer

HOOK = "https://discord.com/api/webhooks/1/x"
HELLO = ChatMessage(reference="n1", text="Hello @everyone")
QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}
EMBED = {"title": "T", "fields": [{"name": "n", "value": "v"}], "footer": {"text": "f"}}


def provider(**settings: str) -> Discord:
    return Discord(msgspec.convert({"webhookUrl": HOOK} | settings, DiscordSettings), Timeouts())


@pytest.mark.parametrize(
    ("changes", "payload"),
    [
        ({}, {"content": "Hello @everyone"}),
        ({"link": "acme://orders/42"}, {"content": "Hello @everyone"}),
        ({"title": "T"}, {"embeds": [{"title": "T", "description": "Hello @everyone"}]}),
        (
            {"link": "https://a.example"},
            {"embeds": [{"title": "https://a.example", "url": "https://a.example", "description": "Hello @everyone"}]},
        ),
        ({"text": "a" * 2_001}, {"embeds": [{"description": "a" * 2_001}]}),
        ({"text": "a" * 5_000}, {"embeds": [{"description": "a" * 4_096}, {"description": "a" * 904}]}),
        ({"blocks": (EMBED,)}, {"content": "Hello @everyone", "embeds": [EMBED]}),
        (
            {"blocks": ({"type": "rich", "title": "T"},)},
            {"content": "Hello @everyone", "embeds": [{"type": "rich", "title": "T"}]},
        ),
        # Another vendor's: they are left out where this one is the next to try.
        ({"blocks": ({"type": "section"},)}, {"content": "Hello @everyone"}),
        ({"blocks": ({"type": "TextBlock"}, EMBED)}, {"content": "Hello @everyone"}),
    ],
)
def test_how_a_message_looks(changes: dict[str, Any], payload: dict[str, Any]) -> None:
    assert body_of(replace(HELLO, **changes)) == payload | QUIET


def test_a_long_title_is_cut() -> None:
    assert len(body_of(replace(HELLO, title="t" * 300))["embeds"][0]["title"]) == 256


@pytest.mark.parametrize(
    ("message", "too_much"),
    [
        (HELLO, False),
        (replace(HELLO, text="a" * 6_000), False),
        (replace(HELLO, text="a" * 6_001), True),
        (replace(HELLO, text="a" * 6_000, title="T"), True),
        (replace(HELLO, blocks=(EMBED,) * 10), False),
        (replace(HELLO, blocks=(EMBED,) * 11), True),
        (replace(HELLO, blocks=({"title": "a" * 257},)), True),
        (replace(HELLO, blocks=({"description": "a" * 4_097},)), True),
        (replace(HELLO, blocks=({"fields": [{"name": "n", "value": "a" * 1_000}] * 6},)), True),
        (replace(HELLO, blocks=({"title": 7, "fields": 7, "footer": "odd"},)), False),
    ],
)
def test_what_discord_would_refuse_for_its_size(message: ChatMessage, *, too_much: bool) -> None:
    assert provider().exceeds_limits(message) is too_much


@pytest.mark.parametrize(
    ("status", "text", "result"),
    [
        (200, '{"id": "42", "content": "x"}', Accepted(vendor_id="42")),
        (200, '{"id": 42}', Unsure(code="unreadable_answer")),
        (204, "", Unsure(code="unreadable_answer")),
        (
            404,
            '{"message": "Unknown Webhook", "code": 10015}',
            Refused(kind=AttemptOutcome.MISCONFIGURED, code="10015"),
        ),
        (
            400,
            '{"message": "Cannot send an empty message", "code": 50006}',
            Refused(kind=AttemptOutcome.PERMANENT, code="50006"),
        ),
        (400, '{"message": "A forum", "code": 220001}', Refused(kind=AttemptOutcome.MISCONFIGURED, code="220001")),
        (
            500,
            '{"message": "500: Internal Server Error", "code": 0}',
            Refused(kind=AttemptOutcome.RETRIABLE, code="http_500"),
        ),
        (500, "<html>", Unsure(code="http_500")),
    ],
)
def test_what_an_answer_means(status: int, text: str, result: object) -> None:
    assert judged(answer(status, text)) == result


@pytest.mark.parametrize(
    ("text", "headers", "seconds"),
    [
        ('{"message": "You are being rate limited.", "retry_after": 0.75, "global": false}', {}, 0.75),
        ('{"message": "You are being rate limited.", "retry_after": 0.75}', {"Retry-After": "1"}, 1.0),
        ("<html>error 1015</html>", {"Retry-After": "60"}, 60.0),
        ("<html>error 1015</html>", {}, None),
    ],
)
def test_a_rate_limit_says_when_to_come_back(text: str, headers: dict[str, str], seconds: float | None) -> None:
    refusal = judged(answer(429, text, **headers))
    assert isinstance(refusal, Refused)
    assert (refusal.kind, refusal.retry_after) == (AttemptOutcome.RETRIABLE, seconds)


@pytest.mark.parametrize(
    "url",
    [
        HOOK,
        "https://discordapp.com/api/webhooks/1/x-_Y",
        "https://canary.discord.com/api/v10/webhooks/1/x",
    ],
)
def test_a_webhook_of_discords(url: str) -> None:
    assert setting_faults(Channel.CHAT, "discord", {"threadId": "42"}, {"webhookUrl": url}) == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://discord.com/api/webhooks/1/x",
        "https://discord.com.evil.example/api/webhooks/1/x",
        "https://discord.com/api/webhooks/1/x/slack",
        "https://discord.com/api/webhooks/1/x?wait=false",
        "https://discord.com/api/webhooks/1/x\n",
        "https://discord.com/api/channels/1/messages",
        "#general",
    ],
)
def test_a_webhook_is_at_discord_or_it_is_none(url: str) -> None:
    assert [fault.pointer for fault in setting_faults(Channel.CHAT, "discord", {}, {"webhookUrl": url})] == [
        "/credentials/webhookUrl"
    ]
    refusal = provider().send(replace(HELLO, targets={"discord": url}))
    assert isinstance(refusal, Refused)
    assert (refusal.kind, refusal.code) == (AttemptOutcome.MISCONFIGURED, "invalid_target")
