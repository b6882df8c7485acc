"""Time: what waits, and what brings it back."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import Due
from chalicelib.domain.value import Millis


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> Millis:
        """Return now."""


class DigestWindows(Protocol):
    """What is collected to be told together, per user and category."""

    def get(self, tenant: TenantId, key: DigestKey) -> DigestWindow:
        """Return what is collected under a key by a consistent read; nothing ever collected is version 0."""

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        """Replace what is stored of the same version; return it one version on. `ttl` is in seconds since the epoch.

        Raises StaleVersionError: another version is stored. Should an answer get lost it may be this call's own, so
        whoever meets it reads again.
        """


class DueItems(Protocol):
    """What comes due, by bucket (milliseconds) and shard."""

    def put(self, bucket: int, due: Due) -> None:
        """Store a due item; storing it again changes nothing."""

    def page(self, bucket: int, shard: int, limit: int) -> tuple[Due, ...]:
        """Return up to `limit` items of a shard, by a consistent read."""

    def delete(self, bucket: int, dues: Sequence[Due]) -> None:
        """Remove items; those that are gone do not matter."""


class Executions(Protocol):
    """The executions that wait for a bucket's time and drain it then."""

    def start(self, bucket: int, attempt: int = 0) -> None:
        """Start the execution of a bucket; one that was started before by the same attempt is left alone."""


class Timers(Protocol):
    """Brings things back when their time has come."""

    def schedule(self, due: Due, at: Millis) -> None:
        """See that `due` is looked at again at `at` or soon after, whatever crashes. Scheduling twice is harmless."""


class SweepCursors(Protocol):
    """How far the sweeper has come in each tenant."""

    def get(self, tenant: TenantId) -> Millis | None:
        """Return the time up to which every notification is settled."""

    def advance(self, tenant: TenantId, to: Millis) -> None:
        """Move the cursor on; never back."""
