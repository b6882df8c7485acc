"""Failures on demand: which request fails, how, and how often."""

import random
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from infra.local.sandbox.web import mentions


class FaultKind(StrEnum):
    """How a call fails. The vendor takes the message in the cases that say so."""

    STATUS = "status"
    """Refused with `status`, in the vendor's own shape, with Retry-After if `retry_after` is set."""
    BAD_GATEWAY = "bad_gateway"
    """Refused with 502 and a page of HTML, as proxies between us and the vendor answer."""
    SLOW = "slow"
    """Taken at once, answered `delay` seconds later."""
    DROPPED = "dropped"
    """Taken, then the connection closes without an answer."""
    MALFORMED = "malformed"
    """Taken, then answered with something unreadable."""
    UNREACHABLE = "unreachable"
    """No connection to the vendor: nothing can be sent."""


ON_CONNECTION: Final = frozenset({FaultKind.UNREACHABLE})
ON_REQUEST: Final = frozenset(FaultKind) - ON_CONNECTION


class Fault(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A failure of the next `times` requests to `vendor` (of all, if None) whose body mentions `contains`.

    With a `rate` below 1 each of them fails with that probability, drawn from `seed`.
    """

    vendor: str
    kind: FaultKind
    contains: str = ""
    times: int | None = None
    rate: float = 1.0
    seed: int = 0
    status: int = 500
    retry_after: float | None = None
    delay: float = 0.0

    def __post_init__(self) -> None:
        if self.kind is FaultKind.UNREACHABLE and self.contains:
            raise ValueError("what is unreachable never sees a body: leave out `contains`")


@dataclass
class _Armed:
    fault: Fault
    left: int | None
    chance: random.Random

    def strikes(self, vendor: str, kinds: Container[FaultKind], content: object) -> bool:
        fault = self.fault
        if fault.vendor != vendor or fault.kind not in kinds or not mentions(content, fault.contains):
            return False
        if self.chance.random() >= fault.rate:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The faults set now, oldest first; the first that strikes is applied."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def set(self, fault: Fault) -> None:
        """Apply a fault from now on."""
        self._armed.append(_Armed(fault, fault.times, random.Random(fault.seed)))  # noqa: S311 - no secret

    def clear(self) -> None:
        """Forget them all."""
        self._armed.clear()

    def pending(self) -> tuple[Fault, ...]:
        """Return the faults that may still strike."""
        return tuple(armed.fault for armed in self._armed)

    def strike(self, vendor: str, kinds: Container[FaultKind], content: object = "") -> Fault | None:
        """Return the fault, out of these kinds, of a request to a vendor with this content, and count it."""
        struck = next((armed for armed in self._armed if armed.strikes(vendor, kinds, content)), None)
        if struck is None:
            return None
        if struck.left == 0:
            self._armed.remove(struck)
        return struck.fault
