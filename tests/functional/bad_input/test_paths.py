"""Whatever stands in a path, no call of a route is a fault of ours: on a table that refuses keys as DynamoDB does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from app import app
from chalicelib.api.route import Route
from chalicelib.domain.ids import TemplateKey
from chalicelib.domain.words import Role, Scope
from chalicelib.store.table import Table
from tests.api import Api, api_on, in_path
from tests.aws_semantics.switch import semantics
from tests.build import ACME, a_tenant
from tests.callers import a_service, a_user
from tests.functional.isolation.routes import ACMES, CHOOSING, NAMING, Ask
from tests.store.stores import MotoSession, acting, new_table, on_table
from tests.store.test_templates import a_template, a_version

USER, SERVICE = a_user(*Role), a_service(*Scope)
LONG = "x" * 2_000
ODD = [
    LONG,
    "é" * 600,
    "#" * 400,
    " ",
    "\0",
    "\r\n",
    "%",
    "..",
    "a/b",
    "T#globex#TENANT",
    "\u2028",
    "💩",
    "-",
    "A",
    "1e9",
]
FITTING = {"type": "user_type", "number": "1", "userType": "customer", "locale": "en"}
"""What lets a call come to its other parameters."""
NAMED = {
    f"{method} {path}": entry.view_function
    for path, methods in sorted(app.routes.items())
    for method, entry in methods.items()
    if isinstance(entry.view_function, Route) and "{" in path
}


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """A table with a tenant and its template `some`, which takes no key that is longer than DynamoDB's may be."""
    with mock_aws():
        name = new_table(MotoSession()).name
        with semantics("7:size_limits"):
            table = Table(name, MotoSession(), pause=lambda seconds: None)
        store = acting(on_table(table))
        store.tenants.create(a_tenant())
        template = a_template(key=TemplateKey("some"), published=1, history=(1,))
        store.templates.create(ACME, template, a_version(key=template.key))
        yield table


@pytest.fixture
def api(table: Table, monkeypatch: pytest.MonkeyPatch) -> Api:
    return api_on(on_table(table), monkeypatch)


def asked(name: str) -> Ask:
    """Return what a route is asked beside its path, such that the path decides."""
    return NAMING[name](ACMES) if name in NAMING else Ask(CHOOSING.get(name))


@pytest.mark.parametrize("name", NAMED)
def test_what_can_stand_in_no_key_comes_to_none(api: Api, name: str) -> None:
    method, _, path = name.partition(" ")
    ask, route = asked(name), NAMED[name]
    caller = None if route.needs is None else SERVICE if "/services/" in path else USER
    parameters: list[str] = re.findall(r"{(\w+)}", path)

    for spoiled in parameters:
        for text in ODD:
            named: dict[str, Any] = {each: FITTING.get(each, "some") for each in parameters} | {spoiled: in_path(text)}
            answer = api.call(method, path.format(**named), caller, ask.body, query=ask.query)
            assert answer.status < 500, (spoiled, text, answer.text)
            if text == LONG and caller is not None:
                assert answer.status in {404, 422}, (spoiled, answer.text)
