"""The sandbox's Slack is as strict as Slack's documentation."""

import json
from typing import Any

import pytest

from infra.local.sandbox.vendors.slack import Slack
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ask

ACCOUNT = Slack.new_account()
HOOK: str = ACCOUNT["webhookUrl"]


def post(payload: Any, *, url: str = HOOK, type_: str = "application/json", method: str = "POST") -> Answer:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return ask(Slack({"slack": ACCOUNT}), url, body, {"content-type": type_}, method)


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body.decode()


def section(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": text}, **more}]}


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "Hi"},
        {"text": "a &lt; b <https://a.example|here> <!here>"},
        {"text": "Hi", "blocks": [section("Hi"), {"type": "divider"}]},
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a" * 150}}, section("a" * 3_000)]},
        {"blocks": [button("Open", url="https://a.example")]},
        {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}]}]},
    ],
)
def test_what_slack_takes(payload: Any) -> None:
    assert told(post(payload)) == (200, "ok")


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"{", "invalid_payload"),
        ([], "invalid_payload"),
        ({"message": "Hi"}, "invalid_payload"),
        ({"text": "a < b"}, "invalid_payload"),
        ({"text": "R&D"}, "invalid_payload"),
        ({}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"blocks": [section("a")] * 51}, "invalid_blocks"),
        ({"blocks": [section("")]}, "invalid_blocks"),
        ({"blocks": [section("a" * 3_001)]}, "invalid_blocks"),
        ({"blocks": [section("a", "markdown")]}, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a" * 151}}]}, "invalid_blocks"),
        ({"blocks": [button("a" * 76)]}, "invalid_blocks"),
        ({"blocks": [button("a", url="acme://x")]}, "invalid_blocks"),
        ({"blocks": [{"type": "actions", "elements": []}]}, "invalid_blocks"),
        ({"blocks": [{"type": "actions", "elements": 7}]}, "invalid_blocks"),
        ({"blocks": [{"type": "card"}]}, "invalid_blocks"),
        ({"blocks": [{}]}, "invalid_blocks"),
    ],
)
def test_what_slack_refuses(payload: Any, error: str) -> None:
    assert told(post(payload)) == (400, error)


@pytest.mark.parametrize(
    ("url", "told_"),
    [
        (HOOK + "x", (403, "invalid_token")),
        (HOOK.replace("/B", "/B0"), (404, "no_service")),
        (HOOK.replace("/T", "/T0"), (404, "no_team")),
        ("https://hooks.slack.com/services", (404, "no_team")),
        ("https://hooks.slack.com/services/T1/BARCHIVED/x", (410, "channel_is_archived")),
        ("https://hooks.slack.com/services/T1/BPROHIBITED/x", (403, "action_prohibited")),
    ],
    ids=["token", "channel", "team", "nothing", "archived", "prohibited"],
)
def test_webhooks_that_lead_nowhere(url: str, told_: tuple[int, str]) -> None:
    assert told(post({"text": "Hi"}, url=url)) == told_


def test_it_wants_json_posted() -> None:
    assert told(post({"text": "Hi"}, type_="text/plain")) == (400, "invalid_payload")
    assert told(post({"text": "Hi"}, method="GET")) == (400, "invalid_payload")
