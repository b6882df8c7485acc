"""Digests: notifications of one recipient and category that are told in one message."""

from enum import StrEnum
from typing import Final, Self
from urllib.parse import quote, unquote

from msgspec.structs import replace

from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType, derived_id
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel

SECOND: Final = 1_000
MOST_ENTRIES: Final = 100
"""How many notifications one digest tells of at most: a window that has so many closes when the next one comes."""
MOST_SLIDES: Final = 10
"""A sliding window closes after this many times its length, whatever keeps coming."""


class WindowMode(StrEnum):
    """How long a digest collects: from the first notification, or until none came for so long."""

    FIXED = "fixed"
    SLIDING = "sliding"


class DigestRule(Value, frozen=True):
    """What a tenant wants of one category: collect for `window` seconds what would go out on `channels`."""

    window: int
    channels: tuple[Channel, ...]
    mode: WindowMode = WindowMode.FIXED

    @property
    def longest(self) -> int:
        """How long, in seconds, the first that is collected waits at most."""
        return self.window * (MOST_SLIDES if self.mode is WindowMode.SLIDING else 1)


class DigestKey(Value, frozen=True):
    """Whose notifications are collected, and of which category."""

    user_type: UserType
    user_id: UserId
    category: str

    @property
    def id(self) -> str:
        """The key as text, unlike that of any other."""
        return f"{quote(self.user_type, safe='')}/{quote(self.user_id, safe='')}/{self.category}"

    @classmethod
    def parse(cls, id: str) -> Self:
        """Return the key of which `id` is the text; raises InvalidIdError when it is of none."""
        match id.split("/", 2):
            case [user_type, user_id, category]:
                return cls(user_type=UserType(unquote(user_type)), user_id=UserId(unquote(user_id)), category=category)
        raise InvalidIdError("digest", id)


class DigestWindow(Value, frozen=True):
    """What is collected under one key: the `entries` of the window that is open, if any, and those of the window
    before, while it is `sealed` and being told.

    A window is named after its first entry. A notification is in one window only, so no two have the same name.
    `version` counts the changes.
    """

    entries: tuple[NotificationId, ...] = ()
    opened_at: Millis = Millis(0)
    closes_at: Millis = Millis(0)
    sealed: tuple[NotificationId, ...] = ()
    version: int = 0

    @property
    def full(self) -> bool:
        """Whether the open window takes no further entry."""
        return len(self.entries) >= MOST_ENTRIES

    def holding(self, id: NotificationId) -> str | None:
        """Return the name of the window that a notification is in, None when it is in neither."""
        return next((window[0] for window in (self.entries, self.sealed) if id in window), None)

    def joined(self, id: NotificationId, rule: DigestRule | None, now: Millis) -> Self:
        """Return it with one more entry. A full window is sealed, where none is; otherwise it stays open.

        What joins without a rule (the tenant removed it meanwhile) waits for nothing: its window is to close at once.
        """
        length = rule.window * SECOND if rule else 0
        if self.entries and not self.full:
            slides = rule is not None and rule.mode is WindowMode.SLIDING
            latest = min(now, self.opened_at + (MOST_SLIDES - 1) * length) + length if slides else self.closes_at
            return replace(self, entries=(*self.entries, id), closes_at=Millis(max(self.closes_at, latest)))
        ready = self.closed() if self.entries else self
        return replace(ready, entries=(id,), opened_at=now, closes_at=Millis(now + length))

    def closed(self) -> Self:
        """Return it with the open window sealed: only where none is."""
        return replace(self, entries=(), sealed=self.entries)

    def told(self) -> Self:
        """Return it without the sealed window."""
        return replace(self, sealed=())


def digest_id(tenant: TenantId, window: str) -> NotificationId:
    """Return the id of the notification that tells of a window."""
    return NotificationId(derived_id(tenant, "digest", window))
