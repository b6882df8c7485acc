"""What is taken from the headers of a call."""

import pytest

from chalicelib.api.call import Call, Trace, read_idempotency_key, read_trace
from chalicelib.domain.errors import MalformedRequestError
from chalicelib.domain.value import Millis


@pytest.mark.parametrize(
    ("headers", "request_id", "correlation_id"),
    [
        ({}, "ours", "ours"),
        ({"x-request-id": "theirs"}, "theirs", "theirs"),
        ({"x-correlation-id": "whole"}, "ours", "whole"),
        ({"x-request-id": "theirs", "x-correlation-id": "whole"}, "theirs", "whole"),
        ({"x-request-id": "a\r\nSet-Cookie: b"}, "ours", "ours"),
        ({"x-request-id": "a b", "x-correlation-id": ""}, "ours", "ours"),
        ({"x-request-id": "x" * 129}, "ours", "ours"),
    ],
)
def test_ids_are_taken_in_if_they_are_usable(headers: dict[str, str], request_id: str, correlation_id: str) -> None:
    assert read_trace(headers, "ours") == Trace(request_id=request_id, correlation_id=correlation_id)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("order-42", "order-42"),
        ('"order-42"', "order-42"),
        ("x" * 255, "x" * 255),
        (f'"{"x" * 255}"', "x" * 255),
        ('"', '"'),
    ],
)
def test_an_idempotency_key_comes_bare_or_quoted(text: str, key: str) -> None:
    assert read_idempotency_key({"idempotency-key": text}) == key


@pytest.mark.parametrize("text", ["", '""', " ", '" "', "x" * 256, f'"{"x" * 256}"', "a\nb", "ä"])
def test_an_idempotency_key_that_is_none_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequestError, match="Idempotency-Key"):
        read_idempotency_key({"idempotency-key": text})


def test_without_the_header_there_is_no_key() -> None:
    assert read_idempotency_key({}) is None


def test_a_public_call_has_neither_caller_nor_tenant() -> None:
    call = Call(trace=Trace("r", "c"), now=Millis(0))
    with pytest.raises(RuntimeError):
        _ = call.principal
    with pytest.raises(RuntimeError):
        _ = call.tenant
