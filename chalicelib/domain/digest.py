"""Digests: notifications of one recipient and category that are told in one message."""

from enum import StrEnum

from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel


class WindowMode(StrEnum):
    """How long a digest collects: from the first notification, or until none came for so long."""

    FIXED = "fixed"
    SLIDING = "sliding"


class DigestRule(Value, frozen=True):
    """What a tenant wants of one category: collect for `window` seconds what would go out on `channels`."""

    window: int
    channels: tuple[Channel, ...]
    mode: WindowMode = WindowMode.FIXED
