"""Reading bodies and queries."""

from typing import Annotated, Any

import pytest
from pydantic import Field

from chalicelib.api.bodies import digest, parse_json, read_body, read_query, refuse_parameters
from chalicelib.api.models import Body, CommaSeparated, Line, Query, Text
from chalicelib.domain.errors import (
    HeraldError,
    InvalidInputError,
    MalformedRequestError,
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
)

MALFORMED = {
    "nothing": b"",
    "not JSON": b"{",
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // why",
    "not UTF-8": b'"\xff"',
    "the same name twice": b'{"a": 1, "a": 2}',
    "the same name twice, deeper": b'{"a": [{"b": 1, "b": 1}]}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "nested without end": b"[" * 100_000,
    "a number without end": b"1" * 10_000,
    "a bare control character": b'"a\x01b"',
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_is_not_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedRequestError):
        parse_json(raw, "application/json", 200_000)


def test_what_is_wrong_with_a_body_is_not_told_in_words_of_python() -> None:
    with pytest.raises(MalformedRequestError) as refused:
        parse_json(MALFORMED["a number without end"], None, 20_000)
    assert refused.value.detail == "The body has a number that cannot be read"


def test_a_body_may_have_so_many_bytes_and_not_one_more() -> None:
    assert parse_json(b'"abc"', None, 5) == "abc"
    with pytest.raises(PayloadTooLargeError, match="5"):
        parse_json(b'"abcd"', None, 5)


@pytest.mark.parametrize("content_type", [None, "application/json", "Application/JSON; charset=utf-8"])
def test_json_may_say_that_it_is_json(content_type: str | None) -> None:
    assert parse_json(b"{}", content_type, 10) == {}


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/xml", "application/json5", "multipart/form-data"]
)
def test_a_body_of_another_media_type_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaTypeError):
        parse_json(b"{}", content_type, 10)


class Leaf(Body):
    name: Line = "x"


class Tree(Body):
    count: int = 0
    flag: bool = False
    text: Text = "x"
    leaves: Annotated[list[Leaf], Field(max_length=2)] = []  # noqa: RUF012 (pydantic copies it)
    by_name: dict[str, int] = {}  # noqa: RUF012


BROKEN: dict[str, tuple[str, str, str]] = {
    "a field that is not there": ('{"nope": 1}', "/nope", "unknown_field"),
    "a field by its Python name": ('{"by_name": {}}', "/by_name", "unknown_field"),
    "a number as text": ('{"count": "1"}', "/count", "wrong_type"),
    "a fraction": ('{"count": 1.5}', "/count", "wrong_type"),
    "a truth as number": ('{"count": true}', "/count", "wrong_type"),
    "a number as truth": ('{"flag": 1}', "/flag", "wrong_type"),
    "nothing as text": ('{"text": null}', "/text", "wrong_type"),
    "an array as object": ("[]", "", "wrong_type"),
    "a list in a list": ('{"leaves": [{"name": ["a"]}]}', "/leaves/0/name", "wrong_type"),
    "too many": ('{"leaves": [{}, {}, {}]}', "/leaves", "too_many"),
    "a line of two lines": ('{"leaves": [{}, {"name": "a\\nb"}]}', "/leaves/1/name", "control_characters"),
    "a line with CR LF": ('{"leaves": [{"name": "a\\r\\nBcc: b"}]}', "/leaves/0/name", "control_characters"),
    "a line with a line separator": ('{"leaves": [{"name": "a\\u2028b"}]}', "/leaves/0/name", "control_characters"),
    "an empty line": ('{"leaves": [{"name": ""}]}', "/leaves/0/name", "too_short"),
    "a text with a bell": ('{"text": "a\\u0007"}', "/text", "control_characters"),
    "a text with a NUL": ('{"text": "a\\u0000"}', "/text", "control_characters"),
    "a name that needs escaping": ('{"byName": {"a/b~c": "x"}}', "/byName/a~1b~0c", "wrong_type"),
}


@pytest.mark.parametrize(("raw", "pointer", "code"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_body_is_said_with_its_place(raw: str, pointer: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_body(raw.encode(), Tree)

    (fault,) = caught.value.faults
    assert (fault.pointer, fault.code) == (pointer, code)
    assert "http" not in fault.detail


def test_all_that_is_wrong_is_said_at_once_within_reason() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_body(b'{"count": "1", "flag": 1, "x": 1}', Tree)
    assert {fault.pointer for fault in caught.value.faults} == {"/count", "/flag", "/x"}

    many = "{" + ",".join(f'"x{number}": 1' for number in range(1_000)) + "}"
    with pytest.raises(InvalidInputError) as caught:
        read_body(many.encode(), Tree)
    assert len(caught.value.faults) == 50


def test_half_a_character_is_malformed() -> None:
    with pytest.raises(MalformedRequestError):
        read_body(b'{"text": "\\ud800"}', Tree)


def test_texts_may_have_lines_and_tabs() -> None:
    assert read_body(b'{"text": "a\\r\\n\\tb"}', Tree).text == "a\r\n\tb"


class Search(Query):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    status: Annotated[list[str], CommaSeparated] = []  # noqa: RUF012
    unread: bool | None = None


@pytest.mark.parametrize(
    ("parameters", "status"),
    [({"status": ["a,b"]}, ["a", "b"]), ({"status": ["a", "b,c"]}, ["a", "b", "c"]), ({"status": ["a"]}, ["a"])],
)
def test_several_values_come_with_commas_or_by_repeating_the_name(
    parameters: dict[str, list[str]], status: list[str]
) -> None:
    assert read_query(parameters, Search).status == status


@pytest.mark.parametrize(
    ("parameters", "pointer", "code"),
    [
        ({"limit": ["0"]}, "/limit", "out_of_range"),
        ({"limit": ["101"]}, "/limit", "out_of_range"),
        ({"limit": ["ten"]}, "/limit", "malformed"),
        ({"limit": ["1", "2"]}, "/limit", "wrong_type"),
        ({"unread": ["maybe"]}, "/unread", "malformed"),
        ({"nope": ["1"]}, "/nope", "unknown_field"),
    ],
)
def test_what_is_wrong_with_a_query(parameters: dict[str, list[str]], pointer: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_query(parameters, Search)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [(pointer, code)]


def test_parameters_nobody_asked_for_are_refused() -> None:
    refuse_parameters({})
    with pytest.raises(HeraldError):
        refuse_parameters({"a": ["1"]})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": "\ud800"}, {"a": "\ud801"}, False),
    ],
)
def test_a_digest_tells_bodies_apart_not_their_spelling(one: Any, other: Any, same: bool) -> None:
    assert (digest(one) == digest(other)) is same
