"""What only an alert has, as it is written in a send."""

from typing import Any

from pydantic import Field, TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.fields import FreeData
from chalicelib.api.models import Body, Line
from chalicelib.domain.content import AlertAction, AlertContent, Severity
from chalicelib.domain.wire import to_json


class AlertBody(Body):
    """What only an alert has.

    Alerts of one `dedupKey` are one incident, which `acknowledge` and `resolve` name; without one an alert is its own.
    Without a `severity` it follows from the priority, without a `source` it is about the tenant. `details` are shown
    beside the text: up to 4096 bytes of JSON.
    """

    severity: Severity | None = None
    action: AlertAction = AlertAction.TRIGGER
    dedup_key: Line | None = None
    source: Line | None = None
    details: FreeData = Field(default_factory=dict)

    def content(self) -> AlertContent:
        """Return what is stored of it."""
        return AlertContent(**dict(self))


def read(value: Any) -> AlertBody:
    """Return the block; raises ValidationError."""
    # As JSON again: read as Python values, the words of a severity would not be one.
    return AlertBody.model_validate_json(to_json(value))


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(AlertBody).core_schema
