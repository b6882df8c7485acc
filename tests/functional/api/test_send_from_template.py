"""Sending from a template over HTTP: what may be asked for, what is refused, what is shown of it afterwards."""

from typing import Any

import pytest

from chalicelib.domain.words import Channel, Role, Scope
from tests.api import Api, Response, in_memory_api
from tests.build import ACME
from tests.callers import a_service, a_user
from tests.saying import a_version
from tests.world import World

SEND = "/api/v1/services/notifications/send"
SERVICE = a_service(*Scope)
ANN: dict[str, Any] = {"userId": "u1", "userType": "customer", "phone": "+14155550100"}
GREET: dict[str, Any] = {"recipients": [ANN], "template": {"key": "greeting", "data": {"name": "Ann"}}}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    world = World()
    world.templates.add(ACME, a_version())
    return in_memory_api(monkeypatch, world)


def send(api: Api, **changes: Any) -> Response:
    body = {name: value for name, value in (GREET | changes).items() if value is not None}
    return api.call("POST", SEND, SERVICE, body)


def test_a_send_from_a_template_is_stored_with_its_version_and_data(api: Api) -> None:
    assert send(api).status == 202

    (request,) = api.world.rows.requests.values()
    assert request.template is not None
    assert (request.template.key, request.template.version) == ("greeting", 1)
    assert request.template.data == {"name": "Ann"}
    assert (request.category, request.channels) == ("marketing", (Channel.SMS, Channel.IN_APP))


@pytest.mark.parametrize(
    ("changes", "code", "faults"),
    [
        ({"template": {"key": "farewell"}}, "template_not_found", {"/template/key": "template_not_found"}),
        ({"template": {"key": "greeting"}}, "invalid_input", {"/template/data/name": "required"}),
        ({"template": {"key": "../greeting"}}, "invalid_input", {"/template/key": "malformed"}),
        ({"template": {"key": "greeting", "data": [1]}}, "invalid_input", {"/template/data": "wrong_type"}),
        (
            {"template": {"key": "greeting", "data": {}, "version": 1}},
            "invalid_input",
            {"/template/version": "unknown_field"},
        ),
        (
            {"content": {"body": "Hello"}},
            "invalid_input",
            {"/content": "conflicting_fields", "/template": "conflicting_fields"},
        ),
    ],
    ids=["no such template", "data left out", "no key", "no object", "a version", "content as well"],
)
def test_what_cannot_be_filled_is_refused_before_anything_is_stored(
    api: Api, changes: dict[str, Any], code: str, faults: dict[str, str]
) -> None:
    response = send(api, **changes)

    assert (response.status, response.json["code"], response.faults) == (422, code, faults)
    assert not api.world.rows.requests


def test_a_repeated_key_gets_the_first_answer_whatever_was_published_since(api: Api) -> None:
    def keyed() -> Response:
        return api.call("POST", SEND, SERVICE, GREET, headers={"idempotency-key": "k"})

    first = keyed()
    api.world.templates.add(ACME, a_version(2, schema={"required": ["name", "city"]}))
    again = keyed()

    assert (again.status, again.json) == (202, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert send(api).faults == {"/template/data/city": "required"}


def test_the_sender_sees_which_version_it_was_and_what_it_was_filled_with(api: Api) -> None:
    (id,) = [each["id"] for each in send(api).json["notifications"]]

    shown = api.call("GET", f"/api/v1/services/notifications/{id}", SERVICE).json
    admin = api.call("GET", f"/api/v1/admin/notifications/{id}", a_user(Role.ADMIN)).json

    assert shown["template"] == {"key": "greeting", "version": 1, "data": {"name": "Ann"}}
    assert admin["request"]["template"] == shown["template"]
    assert "content" not in shown
    assert "content" not in admin["request"]
