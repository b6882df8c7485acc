"""Notifications to oneself over HTTP: a user's own words, to nobody else and in nobody else's name."""

from typing import Any

import pytest

from chalicelib.api.examples import EXAMPLES
from chalicelib.api.users_send import SelfSendBody
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel, Priority, Strategy
from tests.api import Api, in_memory_api
from tests.build import ACME, a_recipient, a_tenant
from tests.callers import a_user
from tests.world import World

ITSELF = "/api/v1/users/me/notifications"
ANN = a_user(user_id="ann")
NOTE = {"body": "Call the plumber."}


def api_of(monkeypatch: pytest.MonkeyPatch, *channels: Channel) -> Api:
    """Return the API with a tenant that lets its users send to themselves, and has channels for who names none."""
    settings = TenantSettings(self_notification=True, default_channels=channels or None)
    return in_memory_api(monkeypatch, World(tenant=a_tenant(settings=settings)))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return api_of(monkeypatch)


def accepted(api: Api, body: dict[str, Any]) -> NotificationRequest:
    answer = api.call("POST", ITSELF, ANN, body)
    assert answer.status == 202, answer.text
    return api.world.rows.requests[ACME, answer.json["notifications"][0]["id"]]


def test_a_user_sends_to_themselves_alone(api: Api) -> None:
    request = accepted(api, NOTE | {"channels": ["fcm", "EMAIL"], "priority": "low"})

    assert (request.recipient.user_type, request.recipient.user_id, request.sent_by) == (
        "customer",
        "ann",
        "user:customer/ann",
    )
    assert (request.channels, request.priority) == ((Channel.PUSH, Channel.EMAIL), Priority.LOW)
    assert (request.content.body, request.strategy) == ("Call the plumber.", Strategy.BROADCAST)
    assert (request.category, request.type, request.metadata) == ("transactional", None, {})


def test_a_content_is_words_and_a_link(api: Api) -> None:
    said = {"subject": "Water", "body": "Call the plumber.", "actionUrl": "https://example.com/plumbers"}

    content = accepted(api, {"content": said}).content

    assert (content.subject, content.body, content.action_url) == tuple(said.values())


def test_where_the_tenant_does_not_allow_it_nobody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    api = in_memory_api(monkeypatch)

    assert api.call("POST", ITSELF, ANN, NOTE).json["code"] == "forbidden"
    assert not api.world.rows.requests


@pytest.mark.parametrize(
    ("defaults", "chosen"),
    [
        ((Channel.CHAT, Channel.EMAIL, Channel.WEBHOOK, Channel.SMS), (Channel.EMAIL, Channel.SMS)),
        ((Channel.ALERT, Channel.CHAT), (Channel.IN_APP,)),
        ((), (Channel.IN_APP,)),
    ],
)
def test_who_names_no_channel_gets_those_of_the_tenant_that_reach_a_user(
    monkeypatch: pytest.MonkeyPatch, defaults: tuple[Channel, ...], chosen: tuple[Channel, ...]
) -> None:
    assert accepted(api_of(monkeypatch, *defaults), NOTE).channels == chosen


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        *((NOTE | {"channels": ["in_app", name]}, {"/channels/1": "not_allowed"}) for name in ("chat", "alert")),
        (NOTE | {"channels": ["WebHook"]}, {"/channels/0": "not_allowed"}),
        *((NOTE | {"priority": name}, {"/priority": "not_allowed"}) for name in ("critical", "URGENT")),
        ({"content": NOTE | {"actionUrl": "javascript:alert(1)"}}, {"/content/actionUrl": "invalid_url"}),
        (
            {
                "content": NOTE
                | {"email": {"attachments": [{"key": "acme/invoices/bob.pdf", "name": "b", "type": "t"}]}}
            },
            {"/content/email": "unknown_field"},
        ),
        (
            {"content": NOTE | {"alert": {"action": "resolve", "dedupKey": "db-down"}}, "channels": ["alert"]},
            {"/content/alert": "unknown_field", "/channels/0": "not_allowed"},
        ),
        *(
            ({"content": NOTE | {name: block}}, {f"/content/{name}": "unknown_field"})
            for name, block in {
                "chat": {"blocks": [{"type": "divider"}]},
                "push": {"data": {"screen": "pay"}},
                "whatsapp": {"type": "template", "name": "order_update", "language": "en"},
                "sms": {"truncate": True},
                "html": "<b>From your bank</b>",
            }.items()
        ),
    ],
)
def test_nobody_speaks_for_the_tenant(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("POST", ITSELF, ANN, body)

    assert (answer.status, answer.faults) == (422, faults)
    assert not api.world.rows.requests


@pytest.mark.parametrize(
    "field",
    [
        *("recipients", "recipientIds", "recipientUserId", "topic", "audience"),
        *("template", "provider", "escalation", "strategy", "cancellationKey"),
        *("metadata", "type", "category"),
    ],
)
def test_nothing_else_is_for_a_user_to_say(api: Api, field: str) -> None:
    assert api.call("POST", ITSELF, ANN, NOTE | {field: "bob"}).faults == {f"/{field}": "unknown_field"}


def test_a_device_that_stands_for_many_is_not_pushed_to(api: Api) -> None:
    many = a_recipient(user_id="ann", device_tokens=("a-token", "/topics/news"))
    api.world.store.recipients.put(ACME, many)

    answer = api.call("POST", ITSELF, ANN, NOTE | {"channels": ["in_app", "push"]})

    assert (answer.status, answer.faults) == (422, {"/channels": "not_allowed"})
    assert accepted(api, NOTE | {"channels": ["in_app"]}).channels == (Channel.IN_APP,)


@pytest.mark.parametrize("example", EXAMPLES["SelfSendBody"].values(), ids=EXAMPLES["SelfSendBody"])
def test_what_the_description_shows_is_accepted(api: Api, example: dict[str, Any]) -> None:
    request = accepted(api, {name: value for name, value in example.items() if name != "sendAt"})
    assert request.content.body


def test_the_description_names_what_is_allowed() -> None:
    schema = SelfSendBody.model_json_schema()
    told, content = schema["properties"], schema["$defs"]["OwnContentBody"]["properties"]

    channels = {name for each in told["channels"]["anyOf"] for name in each.get("items", {}).get("enum", ())}
    priorities = {name for each in told["priority"]["anyOf"] for name in each.get("enum", ())}
    assert channels == {"in_app", "database", "email", "sms", "push", "fcm", "whatsapp"}
    assert priorities == {"low", "medium", "high"}
    assert set(content) == {"subject", "body", "actionUrl"}


def test_a_key_is_of_the_user_who_used_it(api: Api) -> None:
    keyed = {"Idempotency-Key": "reminder-1"}
    first, again, other = (
        api.call("POST", ITSELF, who, {"body": "Mine."}, headers=keyed) for who in (ANN, ANN, a_user(user_id="bob"))
    )

    assert [answer.status for answer in (first, again, other)] == [202] * 3
    assert again.json == first.json
    assert other.json["requestId"] != first.json["requestId"]
    assert {request.recipient.user_id for request in api.world.rows.requests.values()} == {"ann", "bob"}
