"""What a send says of text messages alone."""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.models import Body


class SmsBody(Body):
    """What only a text message has. `truncate`: cut what exceeds the tenant's segments instead of failing."""

    truncate: bool = False


def read(value: Any) -> SmsBody:
    """Return the block; raises ValidationError."""
    return SmsBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(SmsBody).core_schema
