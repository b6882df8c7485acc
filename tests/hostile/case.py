"""A hostile template: what its author writes, what its sender brings, and how it has to end."""

from typing import Any

import msgspec

from chalicelib.domain.template import Part


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A template that means harm. `refused`: it has to be refused when it is saved, with a place if `placed`; any other
    may also be filled, or fail by itself. `sources` are its parts; without one, `source` is tried as HTML and as text.
    """

    name: str
    source: str = ""
    sources: dict[str, str] = msgspec.field(default_factory=dict)
    fragments: dict[str, str] = msgspec.field(default_factory=dict)
    layout: str | None = None
    schema: dict[str, Any] | None = None
    sample: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    refused: bool = False
    placed: bool = True
    fails: bool = False
    """It is saved, and cannot be filled with `data`."""

    @property
    def parts(self) -> dict[Part, str]:
        """Its parts."""
        if self.sources:
            return {Part(name): source for name, source in self.sources.items()}
        return {Part.EMAIL_HTML: self.source, Part.SMS_TEXT: self.source}


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a template ended. Seconds are of CPU; `reached` is what it got at that it should not."""

    name: str
    faults: tuple[tuple[str, str, int | None, int | None], ...] = ()
    """Pointer, code, line, column."""
    said: tuple[str, ...] = ()
    html: str = ""
    errors: tuple[str, ...] = ()
    """Of channels that could not be filled."""
    seconds: float = 0.0
    grown: int = 0
    """Bytes of memory that it took at its peak, beyond what the process had."""
    crash: str | None = None
    """What it ended with that is neither a refusal nor a TemplateError."""
    reached: tuple[str, ...] = ()
