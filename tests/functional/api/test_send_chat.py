"""Blocks for chat services, in a send over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.content import NO_CHAT, NO_PUSH
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.words import Scope
from tests.api import Api, Response, in_memory_api
from tests.callers import a_service

SEND = "/api/v1/services/notifications/send"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Order *42*"}, "expand": True}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def send(api: Api, **blocks: Any) -> Response:
    body = {"recipients": [{"userId": "u1"}], "channels": ["chat"], "content": {"body": "Order 42", **blocks}}
    return api.call("POST", SEND, a_service(Scope.SEND), body)


def stored(api: Api) -> NotificationRequest:
    (request,) = api.world.rows.requests.values()
    return request


def nested(depth: int) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [nested(depth - 2)] if depth > 2 else []}


def test_blocks_are_kept_as_they_were_sent(api: Api) -> None:
    response = send(api, chat={"blocks": [SECTION, nested(14)]})

    assert response.status == 202, response.text
    assert stored(api).content.chat.blocks == (SECTION, nested(14))


@pytest.mark.parametrize("chat", [{}, {"chat": None}, {"chat": {}}, {"chat": {"blocks": []}}])
def test_without_blocks_nothing_of_them_is_stored(api: Api, chat: dict[str, Any]) -> None:
    assert send(api, **chat).status == 202
    assert stored(api).content.chat is NO_CHAT


@pytest.mark.parametrize(
    ("chat", "faults"),
    [
        ({"blocks": [SECTION] * 50}, None),
        ({"blocks": [SECTION] * 51}, {"/content/chat/blocks": "too_many"}),
        ({"blocks": [{"text": "a" * 20_400}]}, None),
        ({"blocks": [{"text": "a" * 20_500}]}, {"/content/chat/blocks": "too_long"}),
        ({"blocks": [{"text": "ü" * 10_250}]}, {"/content/chat/blocks": "too_long"}),
        ({"blocks": [{}]}, {"/content/chat/blocks/0": "too_few"}),
        ({"blocks": ["a text"]}, {"/content/chat/blocks/0": "wrong_type"}),
        ({"blocks": SECTION}, {"/content/chat/blocks": "wrong_type"}),
        ({"blocks": [nested(17)]}, {"/content/chat/blocks": "nested_too_deeply"}),
        ({"blocks": [{"value": 2**70}]}, {"/content/chat/blocks": "out_of_range"}),
        ({"block": [SECTION]}, {"/content/chat/block": "unknown_field"}),
    ],
)
def test_how_much_there_may_be_of_them(api: Api, chat: Any, faults: dict[str, str] | None) -> None:
    response = send(api, chat=chat)

    if faults is None:
        assert response.status == 202, response.text
        return
    assert response.status == 422
    assert response.faults == faults
    assert not api.world.rows.requests


def test_a_push_may_be_for_the_app_alone(api: Api) -> None:
    assert send(api, push={"dataOnly": True, "data": {"orderId": "42"}}).status == 202
    assert stored(api).content.push == NO_PUSH.__class__(data={"orderId": "42"}, data_only=True)
