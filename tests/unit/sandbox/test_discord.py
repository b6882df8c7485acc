"""The sandbox's Discord is as strict as Discord's documentation."""

import json
from typing import Any

import pytest

from infra.local.sandbox.vendors.discord import Discord
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ask, content_of

ACCOUNT = Discord.new_account()
HOOK: str = ACCOUNT["webhookUrl"]


def post(
    message: Any, *, url: str = f"{HOOK}?wait=true", type_: str = "application/json", method: str = "POST"
) -> Answer:
    return ask(Discord({"discord": ACCOUNT}), url, json.dumps(message).encode(), {"content-type": type_}, method)


def test_a_message_gets_an_id_if_one_waits_for_it() -> None:
    waited = post({"content": "Hi", "allowed_mentions": {"parse": []}})

    assert waited.status == 200
    assert content_of(waited)["id"] == waited.vendor_id
    assert str(waited.vendor_id).isdecimal()
    assert (post({"content": "Hi"}, url=HOOK).status, post({"content": "Hi"}, url=HOOK).vendor_id) == (204, None)


@pytest.mark.parametrize(
    "message",
    [
        {"content": "a" * 2_000},
        {"embeds": [{"title": "a" * 256, "description": "a" * 4_096, "url": "https://a.example"}]},
        {"embeds": [{"fields": [{"name": "n", "value": "v", "inline": True}] * 25}]},
        {"embeds": [{"title": "T"}] * 10, "content": "Hi"},
    ],
)
def test_what_discord_takes(message: Any) -> None:
    assert post(message).status == 200


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({}, 50006),
        ({"content": ""}, 50006),
        ({"content": "a" * 2_001}, 50035),
        ({"text": "Hi"}, 50035),
        ({"embeds": [{"title": "T"}] * 11}, 50035),
        ({"embeds": [{"title": ""}]}, 50035),
        ({"embeds": [{"title": "a" * 257}]}, 50035),
        ({"embeds": [{"description": "a" * 4_097}]}, 50035),
        ({"embeds": [{"description": "a" * 4_000}] * 2}, 50035),
        ({"embeds": [{"url": "acme://x", "title": "T"}]}, 50035),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, 50035),
        ({"embeds": [{"footer": {"text": "a" * 2_049}, "author": {"name": "A"}}]}, 50035),
        ({"embeds": [{"colour": "red"}]}, 50035),
        ({"content": "Hi", "allowed_mentions": {"parse": ["all"]}}, 50035),
    ],
)
def test_what_discord_refuses(message: Any, code: int) -> None:
    answer = post(message)
    assert (answer.status, content_of(answer)["code"]) == (400, code)


@pytest.mark.parametrize(
    ("url", "method", "status", "code"),
    [
        (HOOK + "x", "POST", 401, 50027),
        (HOOK + "x", "GET", 401, 50027),
        ("https://discord.com/api/webhooks/1/x", "POST", 404, 10015),
        ("https://discord.com/api/users/@me", "GET", 404, 10015),
        (HOOK, "PUT", 405, 0),
    ],
)
def test_webhooks_that_are_not_there(url: str, method: str, status: int, code: int) -> None:
    answer = post({"content": "Hi"}, url=url, method=method)
    assert (answer.status, content_of(answer)["code"]) == (status, code)


def test_a_webhook_may_be_looked_at() -> None:
    assert content_of(post({}, url=HOOK, method="GET"))["type"] == 1


def test_it_wants_json() -> None:
    assert content_of(post({"content": "Hi"}, type_="text/plain"))["code"] == 50035
