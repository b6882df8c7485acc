"""What never reaches the log."""

import json
import logging

import pytest

from chalicelib.observability import MaskingFormatter, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sent to ann.lee+x@example.com", "sent to ***@example.com"),
        ("{'ann@example.com': (550, b'no')}", "{'***@example.com': (550, b'no')}"),
        ("called +14155550100 twice", "called *** twice"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln", "Bearer ***"),
    ],
)
def test_what_identifies_people_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T08:31:14.391+00:00",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "arn:aws:sqs:eu-west-1:123456789012:herald-dev-email",
        "x = a @ b + 14",
        "retry in +30 s",
    ],
)
def test_what_does_not_is_left_alone(text: str) -> None:
    assert mask(text) == text


def test_a_line_is_json_and_masked_in_message_fields_and_trace() -> None:
    record = logging.LogRecord("herald", logging.ERROR, __file__, 1, "no way to ann@example.com", None, None)
    record.to = "+14155550100"
    try:
        int("bob@example.com")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)

    line = MaskingFormatter().format(record)

    assert json.loads(line)["message"] == "no way to ***@example.com"
    assert not [personal for personal in ("ann@", "bob@", "+1415") if personal in line]
