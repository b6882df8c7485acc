"""The bases of what comes in and goes out, and the kinds of text fields.

Models are built when first used, so that a cold start does not pay for those of all routes. Those of a send are built
while the function starts, which is cheaper than doing it when somebody waits for an answer (`defer_build=False`).
"""

import re
from typing import Annotated, Any, Final, LiteralString

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from chalicelib.domain.events import iso8601
from chalicelib.domain.value import Millis

OWN_CODE: Final = "herald:"


class Body(BaseModel):
    """What a request carries. Names are camelCase, nothing unknown is let through, nothing is converted.

    Arrays are lists: nothing else is one before it is converted.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _look_at_names_as_python_does(cls, value: Any) -> Any:
        # Reading JSON, pydantic 2.13 takes a field's own name (`by_name` beside `byName`) for known and silently drops
        # what it holds. It does not where a validator has seen the value before, even one that changes nothing.
        return value


class Query(BaseModel):
    """The parameters of a query, by their camelCase names; unknown ones are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        defer_build=True,
        hide_input_in_errors=True,
    )


class Answer(BaseModel):
    """What an answer carries. Made by field names or from an object that has them; absent values are left out."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=False,
        serialize_by_alias=True,
        from_attributes=True,
        frozen=True,
        defer_build=True,
    )


def fault(code: LiteralString, detail: LiteralString) -> PydanticCustomError:
    """Return the error that a validator raises to have `code` and `detail` in the answer's list of faults."""
    return PydanticCustomError(f"{OWN_CODE}{code}", detail)


# Control characters of ASCII and Latin-1, and Unicode's own line ends: nothing that could begin another header line.
_NOT_IN_A_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_A_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _one_line(text: str) -> str:
    if _NOT_IN_A_LINE.search(text):
        raise fault("control_characters", "Line breaks and control characters are not allowed here")
    return text


def _plain_text(text: str) -> str:
    if _NOT_IN_A_TEXT.search(text):
        raise fault("control_characters", "Control characters other than line breaks and tabs are not allowed here")
    return text


def _comma_separated(value: object) -> object:
    texts = [value] if isinstance(value, str) else value
    return [part for text in texts for part in text.split(",")] if isinstance(texts, list) else texts


def _time(value: object) -> object:
    return iso8601(Millis(value)) if isinstance(value, int) else value


ONE_LINE: Final = AfterValidator(_one_line)
"""Put behind the length of a text that may have no line breaks and no control characters."""
PLAIN_TEXT: Final = AfterValidator(_plain_text)
"""Put behind the length of a text that may have lines and tabs, but no other control characters."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=255), ONE_LINE]
"""One line of text, such as a name or a subject: 1 to 255 characters."""
Text = Annotated[str, StringConstraints(min_length=1), PLAIN_TEXT]
"""Text that may have several lines."""
CommaSeparated = BeforeValidator(_comma_separated)
"""Put on a list of a query (`Annotated[list[X], CommaSeparated]`): it may come as `a,b` or by repeating the name."""
Time = Annotated[
    str,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-12-01T09:00:00.000Z"]}),
]
"""A point in time in an answer, made from milliseconds: ISO 8601, UTC."""
