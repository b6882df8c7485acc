"""What a send says of push notifications alone."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints, TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.fields import Name
from chalicelib.api.models import PLAIN_TEXT, Body, Line
from chalicelib.api.send_body import Url
from chalicelib.domain.content import PushContent

PushText = Annotated[str, StringConstraints(min_length=1, max_length=1_024), PLAIN_TEXT]
PushData = Annotated[dict[Name, PushText], Field(max_length=20)]


class PushBody(Body):
    """What only a push notification has. `ttl` is in seconds, 28 days at most. `dataOnly`: no device shows it by
    itself, the app gets `title` and `body` with the data.
    """

    title: Line | None = None
    image: Url | None = None
    data: PushData = Field(default_factory=dict)
    ttl: Annotated[int, Field(ge=0, le=2_419_200)] | None = None
    data_only: bool = False

    def content(self) -> PushContent:
        """Return what is stored of it."""
        return PushContent(**self.model_dump())


def read(value: Any) -> PushBody:
    """Return the block; raises ValidationError."""
    return PushBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(PushBody).core_schema
