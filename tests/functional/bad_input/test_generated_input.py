"""Whatever a caller sends, it is told what is wrong with it: never a fault of ours, and nothing of it is stored."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app import app
from chalicelib.api.examples import EXAMPLES
from chalicelib.api.route import Route
from chalicelib.domain.principal import Principal
from chalicelib.domain.words import Role, Scope
from tests.api import Api, Response, in_memory_api
from tests.build import ID
from tests.callers import PLATFORM, a_service, a_user

TEMPLATE = EXAMPLES["CreateTemplate"]["order shipped"]["key"]
SEND = "/api/v1/services/notifications/send"
IN_ACME = {"x-tenant-id": "acme"}
CALLERS = (a_user(*Role), a_service(*Scope), PLATFORM)
NASTY = [
    "",
    " ",
    "\0",
    "\r\nBcc: eve@example.com",
    "\u2028",
    "\ud800",
    "\u202e",
    "%00",
    "../../etc/passwd",
    "a" * 300,
    "9" * 400,
    "1e999",
    "2026-02-30T25:61:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "https://[::1",
    "eve@-example-.com",
    "+1415555010000000000",
    "T#globex#N#1",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>" * 20,
]
numbers = some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.sampled_from([2**63, -(10**400)])
scalars = some.none() | some.booleans() | numbers | some.text(max_size=40) | some.sampled_from(NASTY)
values = some.recursive(
    scalars,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)

BODIES = [
    (method, path, entry.view_function.body.__name__)
    for path, methods in sorted(app.routes.items())
    for method, entry in methods.items()
    if isinstance(entry.view_function, Route) and entry.view_function.body is not None
]
QUERIES = [
    (method, path, sorted(field.alias or name for name, field in entry.view_function.query.model_fields.items()))
    for path, methods in sorted(app.routes.items())
    for method, entry in methods.items()
    if isinstance(entry.view_function, Route) and entry.view_function.query is not None
]


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with pytest.MonkeyPatch.context() as patch:
        api = in_memory_api(patch)
        for kind, model in (("layouts", "CreateFragment"), ("templates", "CreateTemplate")):
            body = next(iter(EXAMPLES[model].values()))
            assert api.call("POST", f"/api/v1/admin/{kind}", PLATFORM, body, headers=IN_ACME).status == 201
        yield api


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a JSON value."""
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*at, name))


@some.composite
def spoiled(draw: some.DrawFn, right: Any) -> Any:
    """Return a body that was right, with a part replaced, removed, or one added."""
    body = copy.deepcopy(right)
    *way, last = draw(some.sampled_from([place for place in places(body) if place] or [("",)]))
    inside = body
    for step in way:
        inside = inside[step]
    match draw(some.sampled_from(["replace", "remove", "add"])):
        case "replace":
            inside[last] = draw(values)
        case "remove":
            del inside[last]
        case "add" if isinstance(inside, dict):
            inside[draw(some.text(max_size=12) | some.sampled_from(NASTY))] = draw(values)
        case "add":
            inside.append(draw(values))
    return body


def ask(api: Api, caller: Principal, method: str, path: str, body: Any = None, **more: Any) -> Response:
    """Call a route with ids that nothing has; whatever is refused must have been told properly and left no trace."""
    before = rows(api)
    named = {"id": ID, "userType": "customer", "userId": "u1", "clientId": "c", "file": "x", "channel": "sms"}
    named |= {
        "key": TEMPLATE,
        "tenantId": "nobody",
        "number": "1",
        "locale": "fr-CA",
        "type": "user_type",
        "code": "c",
        "name": "channel.sms",
    }
    asked = path.format(**named)
    tenant = IN_ACME if caller is PLATFORM else {}
    response = api.call(method, asked, caller, body, headers=tenant, **more)
    assert response.status < 500, response.text
    if response.status >= 400:
        problem = response.json
        assert problem["status"] == response.status
        assert problem["code"]
        for fault in problem.get("faults", []):
            assert fault["pointer"].startswith("/") or not fault["pointer"]
            assert fault["code"]
        assert rows(api) == before
    return response


def rows(api: Api) -> list[int]:
    """Return how many rows there are of each kind."""
    kept = vars(api.world.rows)
    return [len(table) for name, table in sorted(kept.items()) if isinstance(table, dict)]


@settings(max_examples=200)
@given(body=values)
def test_a_send_of_anything(api: Api, body: Any) -> None:
    assert ask(api, a_service(Scope.SEND), "POST", SEND, body).status in {400, 413, 422}


@settings(max_examples=300)
@given(body=some.sampled_from(list(EXAMPLES["SendBody"].values())).flatmap(spoiled))
def test_a_send_that_was_right_before_it_was_spoiled(api: Api, body: Any) -> None:
    assert ask(api, a_service(Scope.SEND), "POST", SEND, body).status in {202, 400, 413, 422}


@settings(max_examples=200)
@given(text=some.text() | values.map(json.dumps).map(lambda text: text[: len(text) * 2 // 3]))
def test_a_send_of_any_text(api: Api, text: str) -> None:
    response = ask(api, a_service(Scope.SEND), "POST", SEND, text.encode())
    assert response.status in {400, 422}


@pytest.mark.parametrize(("method", "path", "model"), BODIES, ids=[f"{method} {path}" for method, path, _ in BODIES])
@pytest.mark.parametrize("caller", CALLERS, ids=["user", "service", "platform"])
def test_any_body_of_any_route(api: Api, caller: Principal, method: str, path: str, model: str) -> None:
    @settings(max_examples=20)
    @given(body=values | some.sampled_from(list(EXAMPLES[model].values())).flatmap(spoiled))
    def try_it(body: Any) -> None:
        ask(api, caller, method, path, body)

    try_it()


@pytest.mark.parametrize(("method", "path", "names"), QUERIES, ids=[f"{method} {path}" for method, path, _ in QUERIES])
def test_any_query_of_any_route(api: Api, method: str, path: str, names: list[str]) -> None:
    texts = some.text(max_size=30) | some.sampled_from(NASTY) | scalars.map(str)

    @settings(max_examples=60)
    @given(query=some.dictionaries(some.sampled_from([*names, "x"]), texts | some.lists(texts, min_size=1, max_size=3)))
    def try_it(query: Any) -> None:
        ask(api, a_user(*Role), method, path, query=query)

    try_it()
