"""The data that a send brings for its template: stored as it was sent, or refused; nothing of it is ever changed."""

import json

import pytest

from tests.api import in_memory_api
from tests.build import ACME
from tests.functional.api.test_send_from_template import GREET, SEND, SERVICE
from tests.saying import a_version
from tests.world import World


@pytest.mark.parametrize(
    ("written", "status", "faults"),
    [
        ("1e400", 422, {"/template/data": "out_of_range"}),
        ("-1e400", 422, {"/template/data": "out_of_range"}),
        ("9" * 400, 422, {"/template/data": "out_of_range"}),
        ("[[1, 1e16]]", 422, {"/template/data": "out_of_range"}),
        ('{"a":' * 24 + "1" + "}" * 24, 422, {"/template/data": "nested_too_deeply"}),
        ("NaN", 400, {}),
        ("-Infinity", 400, {}),
        (r'"\ud800"', 400, {}),
        (r'{"\udfff": 1}', 400, {}),
        ("9007199254740991", 202, {}),
        (r'[0.1, -0.0, 1e-400, null, "\u0000\ud83d\ude00", {"": []}]', 202, {}),
    ],
)
def test_data_is_stored_as_it_was_sent_or_refused(
    monkeypatch: pytest.MonkeyPatch, written: str, status: int, faults: dict[str, str]
) -> None:
    world = World()
    world.templates.add(ACME, a_version())
    api = in_memory_api(monkeypatch, world)
    body = json.dumps(GREET | {"template": {"key": "greeting", "data": {"name": "Ann", "n": "HERE"}}})

    response = api.call("POST", SEND, SERVICE, body.replace('"HERE"', written).encode())

    assert (response.status, response.faults) == (status, faults), response.text
    stored = [request.template and request.template.data["n"] for request in world.rows.requests.values()]
    assert stored == ([json.loads(written)] if status == 202 else [])
