"""The template that a send is filled from."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.fields import Name
from chalicelib.api.models import Body, fault

MOST_DEPTH: Final = 24
_SAFE_INTEGER: Final = 2**53 - 1
"""Beyond it readers of JSON disagree on the value (RFC 7493 §2.2)."""


def _plain_data(value: dict[str, Any]) -> dict[str, Any]:
    _check(value, MOST_DEPTH)
    return value


def _check(value: Any, depth: int) -> None:
    if isinstance(value, dict | list):
        if depth == 0:
            raise fault("nested_too_deeply", "Data may be nested 24 deep")
        for each in value.values() if isinstance(value, dict) else value:
            _check(each, depth - 1)
    elif isinstance(value, int | float) and not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
        raise fault("out_of_range", "Numbers beyond ±(2^53-1) are not told apart by all readers of JSON: send a text")


Data = Annotated[dict[str, Any], AfterValidator(_plain_data)]
"""Data of a template, a sample of it, or its schema."""


class TemplateBody(Body):
    """A template of the tenant's and the data it is filled with, in the recipient's language."""

    key: Name
    data: Data = Field(default_factory=dict)


def read(value: Any) -> TemplateBody:
    """Return the block; raises ValidationError."""
    return TemplateBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(TemplateBody).core_schema
