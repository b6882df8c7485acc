"""The circuit breaker of one provider as one worker sees it: whether it may be called, and how many at a time.

| phase     | calls at a time | what an answer does                                                                    |
|-----------|-----------------|----------------------------------------------------------------------------------------|
| closed    | 5 less failures | ill: one failure more in a row, the fifth opens; well: none, if begun after the newest |
| open      | none            | nothing; `pause` later it is half-open                                                 |
| half-open | 1               | ill: opens again; well twice: closes                                                   |

While closed, failures and calls in flight together are never more than 5, and a call that began before a failed one
does not take that failure back. So of the calls that begin while a vendor is down at most 5 are made before it opens,
however many threads there are and however healthy the vendor was just before; then one per `pause`.

Answers count for the turn that their call began in: what comes later, when the phase has changed, is not counted.
"""

from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.value import Millis, Value

MOST_FAILURES: Final = 5
PROOFS: Final = 2
REMEMBERED: Final = 20
"""Answers that the failure rate is taken of."""
OUTDATED: Final = 86_400_000
"""Milliseconds after which it does not matter any more how the last calls went."""
TELLING: Final = 5
"""Fewer answers make no rate."""
NOISE: Final = 0.1
"""A failure rate below this is how vendors are."""


class Phase(StrEnum):
    """Whether a provider may be called."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Sign(StrEnum):
    """What an answer says of a vendor's health."""

    WELL = "well"
    ILL = "ill"
    NEITHER = "neither"


class Circuit(Value, frozen=True):
    """A transition that workers tell each other of: to OPEN, or to CLOSED, known `at` a time. That an open one is
    half-open after its pause, everybody sees by the clock. `down_since` is when it opened that was closed before; of
    one that is open. `version` counts the transitions of a provider.
    """

    provider: ProviderId
    phase: Phase
    at: Millis
    down_since: Millis | None = None
    version: int = 0


class Call(Value, frozen=True):
    """A call that a breaker let through: its number in a turn, when it began, and whether it tries out a provider
    that was ill.
    """

    turn: int
    number: int
    at: Millis
    trial: bool = False


class Breaker(Value, frozen=True):
    """What a worker knows of a provider. `since` is when the phase began, `turn` counts the phases; `begun`,
    `in_flight`, `failures` (in a row), `newest_failed` (the highest number of a failed call) and `successes` are of
    this turn. `proven` is when the latest call began that went well, `recent` the last answers: whether each was ill.
    `down_since` is when it opened without having closed since.
    """

    phase: Phase = Phase.CLOSED
    since: Millis = Millis(0)
    turn: int = 0
    begun: int = 0
    in_flight: int = 0
    failures: int = 0
    newest_failed: int = 0
    successes: int = 0
    proven: Millis = Millis(0)
    recent: tuple[bool, ...] = ()
    down_since: Millis | None = None

    @property
    def room(self) -> int:
        """How many calls may begin."""
        match self.phase:
            case Phase.CLOSED:
                return MOST_FAILURES - self.failures - self.in_flight
            case Phase.OPEN:
                return 0
            case Phase.HALF_OPEN:
                return 1 - self.in_flight

    @property
    def failure_rate(self) -> float:
        """The share of the last answers that were ill; 0 where it is noise, or too few to tell."""
        rate = sum(self.recent) / len(self.recent) if len(self.recent) >= TELLING else 0.0
        return rate if rate >= NOISE else 0.0

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to be said against it."""
        return self.phase is Phase.CLOSED and self.failures == 0 and self.failure_rate == 0.0


def sign_of(result: ProviderResult) -> Sign:
    """Return what the result of a call says of the vendor's health.

    Who refuses a message for good is well. Who was asked too often, or is configured wrongly, may be either: the one
    passes as `Retry-After` says, with the other every delivery goes on to the next provider by itself.
    """
    match result:
        case Accepted() | Refused(kind=AttemptOutcome.PERMANENT, telling=True):
            return Sign.WELL
        case Unsure() | Refused(kind=AttemptOutcome.RETRIABLE, telling=True):
            return Sign.ILL
        case _:
            return Sign.NEITHER


def at(breaker: Breaker, now: Millis, pause: int) -> Breaker:
    """Return a breaker as it is at `now`: one that was open for `pause` milliseconds is half-open, and one that nobody
    called for a day says nothing any more.
    """
    if breaker.phase is not Phase.CLOSED and now - breaker.since > OUTDATED:
        return Breaker(turn=breaker.turn + 1, proven=breaker.proven)
    if breaker.phase is not Phase.OPEN or now < breaker.since + pause:
        return breaker
    return _turned(breaker, Phase.HALF_OPEN, Millis(breaker.since + pause))


def begin(breaker: Breaker, now: Millis) -> tuple[Breaker, Call]:
    """Let a call through, for which there is room."""
    trial = breaker.phase is Phase.HALF_OPEN
    call = Call(turn=breaker.turn, number=breaker.begun + 1, at=now, trial=trial)
    return replace(breaker, begun=call.number, in_flight=breaker.in_flight + 1), call


def end(breaker: Breaker, call: Call, sign: Sign, now: Millis) -> Breaker:
    """Return what becomes of a breaker by the answer to a call that it let through."""
    if call.turn != breaker.turn or call.number > breaker.begun or breaker.in_flight == 0:
        # Of another turn, or of a breaker that was forgotten since.
        return breaker
    left = replace(breaker, in_flight=breaker.in_flight - 1)
    if sign is Sign.NEITHER:
        return left
    left = replace(left, recent=(*left.recent, sign is Sign.ILL)[-REMEMBERED:])
    return _after_success(left, call) if sign is Sign.WELL else _after_failure(left, call, now)


def told(breaker: Breaker, circuit: Circuit, now: Millis, pause: int) -> Breaker:
    """Return what becomes of a breaker by what another worker said, unless its worker knows something newer.

    Where others found a provider well, it is half-open at once: two calls one after the other, and it is closed.
    """
    match circuit.phase:
        case Phase.OPEN if circuit.at > max(breaker.since, breaker.proven):
            opened = _turned(breaker, Phase.OPEN, circuit.at)
            return at(replace(opened, down_since=circuit.down_since or circuit.at), now, pause)
        case Phase.CLOSED if breaker.phase is Phase.OPEN and circuit.at > breaker.since:
            return replace(_turned(breaker, Phase.HALF_OPEN, circuit.at), down_since=None)
        case Phase.CLOSED if breaker.phase is Phase.HALF_OPEN and circuit.at >= breaker.since:
            return replace(breaker, down_since=None)
    return breaker


def worth_saying(circuit: Circuit, known: Circuit | None, pause: int) -> bool:
    """Tell whether others should be told of a transition, where `known` is the last that anybody told of."""
    if known is None:
        return circuit.phase is Phase.OPEN
    if circuit.at <= known.at:
        return False
    return circuit.phase is not known.phase or (circuit.phase is Phase.OPEN and circuit.at >= known.at + pause)


def correction(breaker: Breaker, known: Circuit, pause: int) -> Circuit | None:
    """Return what is to be said where a provider that is well is still said to be open: who said so may be gone."""
    lapsed = known.phase is Phase.OPEN and breaker.proven >= known.at + pause
    if breaker.phase is not Phase.CLOSED or not lapsed:
        return None
    return Circuit(provider=known.provider, phase=Phase.CLOSED, at=breaker.proven)


def _after_success(breaker: Breaker, call: Call) -> Breaker:
    proven = replace(breaker, proven=max(breaker.proven, call.at))
    if breaker.phase is Phase.HALF_OPEN:
        successes = breaker.successes + 1
        # Well it was when the call began: by when the answer comes others may know better.
        return _turned(proven, Phase.CLOSED, call.at) if successes == PROOFS else replace(proven, successes=successes)
    return proven if call.number < breaker.newest_failed else replace(proven, failures=0)


def _after_failure(breaker: Breaker, call: Call, now: Millis) -> Breaker:
    failures = breaker.failures + 1
    if breaker.phase is Phase.HALF_OPEN or failures == MOST_FAILURES:
        return _turned(breaker, Phase.OPEN, now)
    return replace(breaker, failures=failures, newest_failed=max(breaker.newest_failed, call.number))


def _turned(breaker: Breaker, phase: Phase, since: Millis) -> Breaker:
    down_since = None if phase is Phase.CLOSED else breaker.down_since or since
    return Breaker(phase=phase, since=since, turn=breaker.turn + 1, proven=breaker.proven, down_since=down_since)
