"""The template that a send is filled from."""

from typing import Any

from pydantic import Field, TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.fields import Name
from chalicelib.api.models import Body


class TemplateBody(Body):
    """A template of the tenant's and the data it is filled with, in the recipient's language."""

    key: Name
    data: dict[str, Any] = Field(default_factory=dict)


def read(value: Any) -> TemplateBody:
    """Return the block; raises ValidationError."""
    return TemplateBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(TemplateBody).core_schema
