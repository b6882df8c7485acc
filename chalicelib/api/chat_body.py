"""What a send says to chat services beside its text."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.fields import size_of_json
from chalicelib.api.models import Body, fault
from chalicelib.domain.content import NO_CHAT, ChatContent

MOST_BLOCKS: Final = 50
MOST_BYTES: Final = 20 * 1024
MOST_DEPTH: Final = 16
"""Of all blocks: cards nest containers in columns, and rich texts lists in lists."""

Block = Annotated[dict[str, Any], Field(min_length=1)]


def _of_bearable_size(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if size_of_json(blocks, MOST_DEPTH) > MOST_BYTES:
        raise fault("too_long", "All blocks together may have 20 KB")
    return blocks


class ChatBody(Body):
    """What only a chat message has: `blocks` in the vendor's own format, shown in the place of the text (Block Kit of
    Slack's, embeds of Discord's, elements or whole Adaptive Cards of Teams'). A vendor whose format they have not shows
    the text.
    """

    blocks: Annotated[list[Block], Field(max_length=MOST_BLOCKS), AfterValidator(_of_bearable_size)] = Field(
        default_factory=list
    )

    def content(self) -> ChatContent:
        """Return what is stored of it."""
        return ChatContent(blocks=tuple(self.blocks)) if self.blocks else NO_CHAT


def read(value: Any) -> ChatBody:
    """Return the block; raises ValidationError."""
    return ChatBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(ChatBody).core_schema
