"""Slack: what a message looks like there, and what it answers. The rest is shown by the contract suite."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.channels.base import ChatMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.chat.slack import (
    OUTCOMES,
    Slack,
    SlackSettings,
    body_of,
    escaped_pieces,
    judged,
)
from chalicelib.providers.registry import setting_faults
from tests.unit.providers.answers import answer

HOOK = "https://hooks.slack.com/services/T1/B1/x"
HELLO = ChatMessage(reference="n1", text="Hello")
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Hi*"}}


def provider(**settings: str) -> Slack:
    return Slack(msgspec.convert({"webhookUrl": HOOK} | settings, SlackSettings), Timeouts())


def body(message: ChatMessage) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(body_of(message, "Open")))
    return found


def test_a_text_alone_needs_no_blocks() -> None:
    assert body(HELLO) == {"text": "Hello"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        (
            "<!channel> <@U1> <https://evil.example|here>",
            "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|here&gt;",
        ),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_no_text_is_markup_of_slacks(text: str, shown: str) -> None:
    message = body(replace(HELLO, text=text, title="<!here>"))
    assert message["text"] == f"&lt;!here&gt;\n{shown}"
    header, section = message["blocks"]
    assert header["text"] == {"type": "plain_text", "text": "<!here>"}
    assert section["text"] == {"type": "mrkdwn", "text": shown}


def test_a_link_into_an_app_is_no_button() -> None:
    assert "blocks" not in body(replace(HELLO, link="acme://orders/42"))
    assert body(replace(HELLO, link="https://a.example"))["blocks"][-1]["elements"][0]["url"] == "https://a.example"


def test_the_button_speaks_the_language_of_the_room() -> None:
    blocks = body_of(replace(HELLO, link="https://a.example"), "Ouvrir")["blocks"]
    assert blocks[-1]["elements"][0]["text"]["text"] == "Ouvrir"


def test_a_long_text_takes_several_sections_and_a_long_title_is_cut() -> None:
    message = body(replace(HELLO, text="word " * 1_500, title="t" * 200))
    header, *sections = message["blocks"]
    assert len(header["text"]["text"]) == 150
    assert len(sections) == 3
    assert all(len(section["text"]["text"]) <= 3_000 for section in sections)


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 5, []),
        ("one two", 7, ["one two"]),
        ("one two three", 9, ["one two", "three"]),
        ("one\ntwo\nthree", 9, ["one\ntwo", "three"]),
        ("abcdefgh", 5, ["abcde", "fgh"]),
        ("<<<", 8, ["&lt;&lt;", "&lt;"]),
        ("a <<", 8, ["a", "&lt;&lt;"]),
    ],
)
def test_a_text_is_cut_between_words_and_never_inside_of_what_was_escaped(
    text: str, limit: int, pieces: list[str]
) -> None:
    assert escaped_pieces(text, limit) == pieces


@pytest.mark.parametrize(
    ("blocks", "sent"),
    [
        ((SECTION,), [SECTION]),
        (({"type": "rich_text", "elements": []},), [{"type": "rich_text", "elements": []}]),
        # Another vendor's: they are left out where this one is the next to try.
        (({"title": "an embed of Discord's"},), None),
        (({"type": "rich", "title": "another"},), None),
        (({"type": "TextBlock", "text": "a card of Teams'"},), None),
        ((SECTION, {"type": "AdaptiveCard"}), None),
        (({"type": 7},), None),
    ],
)
def test_blocks_of_slacks_are_sent_beside_the_text(blocks: tuple[dict[str, Any], ...], sent: Any) -> None:
    assert body(replace(HELLO, blocks=blocks)) == {"text": "Hello"} | ({"blocks": sent} if sent else {})


@pytest.mark.parametrize(
    ("message", "too_much"),
    [
        (HELLO, False),
        (replace(HELLO, text="a" * 40_000), False),
        (replace(HELLO, text="a" * 40_001), True),
        (replace(HELLO, text="&" * 40_000, title="T"), True),
        (replace(HELLO, blocks=(SECTION,) * 50), False),
        (replace(HELLO, blocks=(SECTION,) * 51), True),
        (replace(HELLO, blocks=({"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3_001}},)), True),
        (replace(HELLO, blocks=({"type": "header", "text": {"type": "plain_text", "text": "a" * 150}},)), False),
        (replace(HELLO, blocks=({"type": "header", "text": {"type": "plain_text", "text": "a" * 151}},)), True),
        (replace(HELLO, blocks=({"type": "section", "fields": []}, {"type": "header", "text": "odd"})), False),
    ],
)
def test_what_slack_would_refuse_for_its_size(message: ChatMessage, *, too_much: bool) -> None:
    assert provider().exceeds_limits(message) is too_much


@pytest.mark.parametrize("code", sorted(OUTCOMES))
def test_a_webhook_that_leads_nowhere_is_the_settings_fault(code: str) -> None:
    assert judged(answer(404, code)) == Refused(kind=AttemptOutcome.MISCONFIGURED, code=code)


@pytest.mark.parametrize(
    ("status", "text", "result"),
    [
        (200, "ok", Accepted()),
        (200, "ok\n", Accepted()),
        (200, "okay", Unsure(code="unreadable_answer")),
        (200, "", Unsure(code="unreadable_answer")),
        (400, "no_text", Refused(kind=AttemptOutcome.PERMANENT, code="no_text")),
        (500, "rollup_error", Refused(kind=AttemptOutcome.RETRIABLE, code="rollup_error")),
        (500, "<html>", Unsure(code="http_500")),
        (503, "Service Unavailable", Unsure(code="http_503")),
        (302, "", Unsure(code="unreadable_answer")),
    ],
)
def test_what_an_answer_means(status: int, text: str, result: object) -> None:
    assert judged(answer(status, text)) == result


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/T1/B1/x",
        "https://hooks.slack.com.evil.example/services/T1/B1/x",
        "https://evil.example/https://hooks.slack.com/services/T1/B1/x",
        "https://hooks.slack.com@evil.example/services/T1/B1/x",
        "https://hooks.slack.com/services/T1/B1/x\n",
        "https://hooks.slack.com/services/../x",
        "https://hooks.slack.com/triggers/T1/2/x",
        "",
    ],
)
def test_a_webhook_is_at_slack_or_it_is_none(url: str) -> None:
    assert [fault.pointer for fault in setting_faults(Channel.CHAT, "slack", {}, {"webhookUrl": url})] == [
        "/credentials/webhookUrl"
    ]
    refusal = provider().send(replace(HELLO, targets={"slack": url}))
    assert isinstance(refusal, Refused)
    assert (refusal.kind, refusal.code) == (AttemptOutcome.MISCONFIGURED, "invalid_target")


def test_the_governments_slack_is_slack_too() -> None:
    credentials = {"webhookUrl": "https://hooks.slack-gov.com/services/T1/B1/x"}
    assert setting_faults(Channel.CHAT, "slack", {"linkLabel": "Öffnen"}, credentials) == ()
