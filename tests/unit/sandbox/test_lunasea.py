"""The sandbox's LunaSea answers as its service does: it takes nearly everything."""

import pytest

from infra.local.sandbox.vendors.lunasea import Lunasea
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ask, content_of

CUSTOM = "https://notify.lunasea.app/v1/custom"


def post(path: str, body: bytes = b"{}", type_: str = "application/json", method: str = "POST") -> Answer:
    return ask(Lunasea({}), f"{CUSTOM}/{path}", body, {"content-type": type_}, method)


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("user/ann", 200, "OK"),
        ("device/a:b", 200, "OK"),
        ("device/gone-1", 200, "OK"),
        ("user/gone-1", 404, "Invalid User ID"),
        ("user/empty-1", 400, "No Devices Found"),
    ],
)
def test_who_is_reached(path: str, status: int, message: str) -> None:
    answer = post(path, b'{"title": "Hi"}')
    assert (answer.status, content_of(answer)) == (status, {"message": message})


@pytest.mark.parametrize(
    ("path", "body", "type_", "method", "status"),
    [
        ("group/1", b"{}", "application/json", "POST", 404),
        ("user/1", b"{}", "application/json", "GET", 404),
        ("user/1", b"{", "application/json", "POST", 400),
        ("user/1", b"[]", "application/json", "POST", 400),
        ("user/1", b"{}", "text/plain", "POST", 400),
    ],
)
def test_what_is_no_notification(path: str, body: bytes, type_: str, method: str, status: int) -> None:
    answer = post(path, body, type_, method)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html")
