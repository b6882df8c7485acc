"""How a send escalates."""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.fields import Name
from chalicelib.api.models import Body


class EscalationBody(Body):
    """How it escalates: a policy of the tenant's, or `default`."""

    policy: Name


def read(value: Any) -> EscalationBody:
    """Return the block; raises ValidationError."""
    return EscalationBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(EscalationBody).core_schema
