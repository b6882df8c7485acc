"""Limits of how often something may happen, in any span of time, over all processes.

A span is counted in slots. Whoever wants to go takes a lease first: tokens that are counted in the slot they were
taken in and lapse with it. A span as long as `SLOTS` slots touches one slot more, wherever it begins, so that many are
kept below the limit together. That is exact however leases are spent, and costs at most one slot in eleven.
"""

from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import HeraldError
from chalicelib.domain.value import Millis, Value

SLOTS: Final = 10
MINUTE: Final = 60_000
SECOND: Final = 1_000


class Limit(StrEnum):
    """The limits of calls, each counted per tenant and caller."""

    SEND = "send"
    SIMULATE = "simulate"
    READ = "read"
    USERS = "users"
    ADMIN = "admin"
    TEMPLATES = "templates"


CALLS_A_MINUTE: Final = {
    Limit.SEND: 100,
    Limit.SIMULATE: 100,
    Limit.READ: 600,
    Limit.USERS: 300,
    Limit.ADMIN: 300,
    Limit.TEMPLATES: 200,
}
"""What a caller may do in a minute before its tenant says otherwise."""


class RateLimitedError(HeraldError):
    """The caller has done what its limit allows; `retry_after` seconds from now it may go on."""

    code, status, title = "rate_limited", 429, "Too many calls in a short time"

    def __init__(self, limit: str, retry_after: int) -> None:
        super().__init__(f"The limit “{limit}” is used up; try again in {retry_after} s")
        self.retry_after = retry_after


class Rate(Value, frozen=True):
    """So many in a span of `span` milliseconds. `share`: a lease takes no more than one part in so many of them."""

    most: int
    span: int = MINUTE
    share: int = 6

    @property
    def slot(self) -> int:
        """How long a slot lasts, in milliseconds."""
        return self.span // SLOTS

    @property
    def largest_lease(self) -> int:
        """How many tokens may be taken at once."""
        return max(1, self.most // self.share)

    def slot_at(self, now: Millis) -> int:
        """Return the slot that a moment lies in, counted from the epoch."""
        return now // self.slot


class Window(Value, frozen=True):
    """What was taken: `counts` of the slot `latest` and of those before it. `booked`: see `book`."""

    latest: int = 0
    counts: tuple[int, ...] = ()
    booked: Millis = Millis(0)
    version: int = 0

    def at(self, slot: int) -> "Window":
        """Return the window as it is in a slot; one that has passed for others has passed."""
        if slot <= self.latest:
            return self
        passed = (0,) * min(slot - self.latest, SLOTS + 1)
        return Window(slot, (*passed, *self.counts)[: SLOTS + 1], self.booked, self.version)


def left(window: Window, rate: Rate, now: Millis) -> int:
    """Return how many may still be taken."""
    return max(0, rate.most - sum(window.at(rate.slot_at(now)).counts))


def frees_at(window: Window, rate: Rate) -> Millis:
    """Return when the oldest of what was taken counts no more."""
    oldest = max((age for age, count in enumerate(window.counts) if count), default=0)
    return Millis((window.latest - oldest + SLOTS + 1) * rate.slot)


def take(window: Window, rate: Rate, now: Millis, wanted: int) -> tuple[Window, int]:
    """Return the window with up to `wanted` tokens taken, and how many those are."""
    window = window.at(rate.slot_at(now))
    taken = min(wanted, left(window, rate, now))
    if taken == 0:
        return window, 0
    newest, *older = window.counts or (0,)
    return Window(window.latest, (newest + taken, *older), window.booked, window.version), taken


def give_back(window: Window, slot: int, count: int) -> Window:
    """Return the window without `count` tokens of a slot: their lease lapsed before anybody spent them."""
    age = window.latest - slot
    if count == 0 or not 0 <= age < len(window.counts):
        return window
    counts = [*window.counts]
    counts[age] = max(0, counts[age] - count)
    return Window(window.latest, tuple(counts), window.booked, window.version)


def book(window: Window, rate: Rate, now: Millis, count: int) -> tuple[Window, Millis]:
    """Return the window with places for `count` that have to wait, and when the first may try again.

    The next follow one by one at the rate: so a backlog comes back about as fast as it can be worked off. A place is
    no token; who comes back takes one.
    """
    first = Millis(max(window.booked, now + rate.span))
    until = Millis(first + -(-count * rate.span // rate.most))
    return Window(window.latest, window.counts, until, window.version), first
