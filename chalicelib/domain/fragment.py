"""Fragments: what templates share. They are copied into a version that is saved, and change no other one."""

from enum import StrEnum

from chalicelib.domain.ids import FragmentKey
from chalicelib.domain.value import Millis, Value


class FragmentKind(StrEnum):
    """What a fragment is for."""

    LAYOUT = "layout"
    """The HTML around an e-mail's own."""
    PARTIAL = "partial"
    """A piece that any part may include."""


class Fragment(Value, frozen=True):
    """A layout or partial of a tenant."""

    kind: FragmentKind
    key: FragmentKey
    source: str
    created_at: Millis
    description: str | None = None
    version: int = 1
