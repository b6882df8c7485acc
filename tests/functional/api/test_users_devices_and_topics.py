"""Users' own devices and topics over HTTP."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.device import MOST_DEVICES
from chalicelib.domain.ids import TopicKey, UserId, UserType
from chalicelib.domain.topic import MOST_TOPICS, TopicSubscription
from chalicelib.domain.value import Millis
from tests.api import Api, in_memory_api
from tests.build import ACME, NOW
from tests.callers import a_service, a_user

DEVICES = "/api/v1/users/me/devices"
TOPICS = "/api/v1/users/me/topics"
ANN = a_user(user_id="ann")
HERS = (ACME, UserType("customer"), UserId("ann"))
BOB = a_user(user_id="bob")
PHONE = {"token": "a-token/of:ann's", "platform": "ios", "name": "Ann's phone"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def test_a_device_is_registered_once_and_its_token_never_shown(api: Api) -> None:
    first, again = (api.call("POST", DEVICES, ANN, PHONE | {"name": name}) for name in ("Phone", "My phone"))
    listed = api.call("GET", DEVICES, ANN)

    assert (first.status, again.status) == (201, 200)
    assert first.json["id"] == again.json["id"]
    assert [(item["id"], item["name"], item["platform"]) for item in listed.json["items"]] == [
        (first.json["id"], "My phone", "ios")
    ]
    assert PHONE["token"] not in first.text + again.text + listed.text
    assert api.call("GET", DEVICES, BOB).json == {"items": []}


def test_a_device_is_forgotten_by_its_id_or_its_token_by_its_owner_alone(api: Api) -> None:
    ids = [api.call("POST", DEVICES, ANN, {"token": token}).json["id"] for token in ("one", "two")]

    assert api.call("DELETE", f"{DEVICES}/{ids[0]}", BOB).status == 404
    assert api.call("DELETE", DEVICES, BOB, {"token": "two"}).status == 404
    assert api.call("DELETE", f"{DEVICES}/{ids[0]}", ANN).status == 204
    assert api.call("DELETE", f"{DEVICES}/{ids[0]}", ANN).status == 404
    assert api.call("DELETE", DEVICES, ANN, {"token": "two"}).status == 204
    assert api.call("GET", DEVICES, ANN).json == {"items": []}


def test_the_device_registered_longest_ago_makes_room(api: Api) -> None:
    for number in range(MOST_DEVICES):
        api.call("POST", DEVICES, ANN, {"token": f"t{number}"})
    stored = api.world.rows.devices[HERS]
    for id, device in stored.items():
        stored[id] = replace(device, registered_at=Millis(int(device.token[1:])))
    api.call("POST", DEVICES, ANN, {"token": "t0"})
    api.call("POST", DEVICES, ANN, {"token": "new"})

    tokens = {device.token for device in stored.values()}
    assert len(tokens) == MOST_DEVICES
    assert {"t0", "new"} <= tokens
    assert "t1" not in tokens


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"/token": "required"}),
        ({"token": ""}, {"/token": "too_short"}),
        ({"token": "with a blank"}, {"/token": "malformed"}),
        # What is pushed to its owner would reach everybody who subscribed to it.
        ({"token": "/topics/news"}, {"/token": "malformed"}),
        ({"token": "x" * 1_025}, {"/token": "too_long"}),
        ({"token": "x", "platform": "toaster"}, {"/platform": "not_one_of"}),
        ({"token": "x", "name": "a\nb"}, {"/name": "control_characters"}),
    ],
)
def test_what_is_no_device_is_refused(api: Api, body: dict[str, str], faults: dict[str, str]) -> None:
    answer = api.call("POST", DEVICES, ANN, body)
    assert (answer.status, answer.faults) == (422, faults)
    assert api.call("GET", DEVICES, ANN).json == {"items": []}


def test_ids_that_no_device_has_are_not_found(api: Api) -> None:
    for id in ("x", "0" * 32, "0" * 33):
        assert api.call("DELETE", f"{DEVICES}/{id}", ANN).status == 404


def test_a_topic_is_subscribed_to_and_left(api: Api) -> None:
    assert api.call("GET", f"{TOPICS}/news", ANN).status == 404
    new, again = (api.call("PUT", f"{TOPICS}/news", ANN) for _ in range(2))
    assert (new.status, again.status, new.json) == (201, 200, again.json)
    assert api.call("GET", f"{TOPICS}/news", ANN).json == new.json
    assert api.call("GET", TOPICS, ANN).json == {"items": [new.json]}
    assert api.call("GET", TOPICS, BOB).json == {"items": []}
    assert api.call("DELETE", f"{TOPICS}/news", BOB).status == 404
    assert [api.call("DELETE", f"{TOPICS}/news", ANN).status for _ in range(2)] == [204, 404]
    assert api.call("GET", TOPICS, ANN).json == {"items": []}


def test_what_cannot_be_a_topic_is_not_found(api: Api) -> None:
    for topic in ("-news", "a%20b", "a%2Fb", "x" * 65):
        assert [api.call(method, f"{TOPICS}/{topic}", ANN).status for method in ("PUT", "GET", "DELETE")] == [404] * 3


def test_subscriptions_have_an_end(api: Api) -> None:
    for number in range(MOST_TOPICS):
        new = TopicSubscription(topic=TopicKey(f"t{number}"), subscribed_at=NOW)
        api.world.store.topics.subscribe(*HERS, new)
    assert api.call("PUT", f"{TOPICS}/one-more", ANN).faults == {"": "too_many"}
    assert api.call("PUT", f"{TOPICS}/t7", ANN).status == 200


def test_these_routes_are_for_users(api: Api) -> None:
    for path in (DEVICES, TOPICS):
        assert api.call("GET", path, a_service()).status == 403
