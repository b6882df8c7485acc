"""What a view may return when the answer alone does not say it all."""

from collections.abc import Mapping

import msgspec

from chalicelib.api.models import Answer


class Reply(msgspec.Struct, frozen=True):
    """An answer with a status or headers of its own, or one that is not JSON (`text`, with its Content-Type)."""

    answer: Answer | None = None
    status: int | None = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    text: str | None = None
