"""The base of every domain object: immutable, typed, and serializable without a mapping layer."""

from typing import NewType

import msgspec

Millis = NewType("Millis", int)
"""A point in time: milliseconds since the Unix epoch, UTC."""


class Value(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An immutable domain object. Its JSON form has camelCase names and leaves out defaults."""
