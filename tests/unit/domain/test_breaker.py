"""The circuit breaker: a table of stories, and what holds in every story, however calls overlap."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from chalicelib.domain.breaker import (
    MOST_FAILURES,
    OUTDATED,
    Breaker,
    Call,
    Circuit,
    Phase,
    Sign,
    at,
    begin,
    correction,
    end,
    sign_of,
    told,
    worth_saying,
)
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.value import Millis
from tests.build import NOW

PAUSE = 60_000
SECOND = 1_000
WELL, ILL, NEITHER = Sign.WELL, Sign.ILL, Sign.NEITHER
FIRST = ProviderId("first")


def later(milliseconds: int) -> Millis:
    return Millis(NOW + milliseconds)


def after(*answers: Sign, breaker: Breaker | None = None, now: Millis = NOW) -> Breaker:
    """Return a breaker after calls one after the other."""
    breaker = breaker or Breaker()
    for sign in answers:
        breaker, call = begin(at(breaker, now, PAUSE), now)
        breaker = end(breaker, call, sign, now)
    return breaker


OPEN = after(*[ILL] * 5)
HALF_OPEN = at(OPEN, later(PAUSE), PAUSE)


@pytest.mark.parametrize(
    ("result", "sign"),
    [
        (Accepted(vendor_id="v"), WELL),
        (Refused(kind=AttemptOutcome.PERMANENT, code="bad_address"), WELL),
        (Refused(kind=AttemptOutcome.PERMANENT, code="over_vendor_limit", telling=False), NEITHER),
        (Refused(kind=AttemptOutcome.RETRIABLE, code="http_500"), ILL),
        (Refused(kind=AttemptOutcome.RETRIABLE, code="http_503", retry_after=30.0), ILL),
        (Refused(kind=AttemptOutcome.RETRIABLE, code="http_429", telling=False), NEITHER),
        (Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key"), NEITHER),
        (Unsure(code="timeout"), ILL),
    ],
)
def test_what_an_answer_says_of_the_vendors_health(result: ProviderResult, sign: Sign) -> None:
    assert sign_of(result) is sign


@pytest.mark.parametrize(
    ("answers", "phase", "room"),
    [
        ([], Phase.CLOSED, 5),
        ([ILL], Phase.CLOSED, 4),
        ([ILL] * 4, Phase.CLOSED, 1),
        ([ILL] * 5, Phase.OPEN, 0),
        ([ILL] * 4 + [WELL], Phase.CLOSED, 5),
        ([ILL] * 4 + [WELL, ILL, ILL, ILL, ILL], Phase.CLOSED, 1),
        ([ILL] * 4 + [NEITHER], Phase.CLOSED, 1),
        ([ILL] * 4 + [NEITHER, ILL], Phase.OPEN, 0),
        ([NEITHER] * 50, Phase.CLOSED, 5),
    ],
)
def test_five_failures_in_a_row_open_it(answers: Sequence[Sign], phase: Phase, room: int) -> None:
    breaker = after(*answers)
    assert (breaker.phase, breaker.room) == (phase, room)


@pytest.mark.parametrize(
    ("waited", "phase", "room"),
    [(0, Phase.OPEN, 0), (PAUSE - 1, Phase.OPEN, 0), (PAUSE, Phase.HALF_OPEN, 1), (99 * PAUSE, Phase.HALF_OPEN, 1)],
)
def test_after_its_pause_it_lets_one_call_through(waited: int, phase: Phase, room: int) -> None:
    breaker = at(OPEN, later(waited), PAUSE)
    assert (breaker.phase, breaker.room) == (phase, room)


@pytest.mark.parametrize(
    ("answers", "phase", "since"),
    [
        ([NEITHER], Phase.HALF_OPEN, PAUSE),
        ([WELL], Phase.HALF_OPEN, PAUSE),
        ([WELL, NEITHER], Phase.HALF_OPEN, PAUSE),
        ([WELL, WELL], Phase.CLOSED, PAUSE + SECOND),
        ([ILL], Phase.OPEN, PAUSE + SECOND),
        ([WELL, ILL], Phase.OPEN, PAUSE + SECOND),
    ],
)
def test_half_open_two_successes_close_it_and_a_failure_opens_it(
    answers: Sequence[Sign], phase: Phase, since: int
) -> None:
    breaker = after(*answers, breaker=HALF_OPEN, now=later(PAUSE + SECOND))
    assert (breaker.phase, breaker.since) == (phase, NOW + since)


def test_half_open_only_one_call_is_in_flight() -> None:
    trying, call = begin(HALF_OPEN, later(PAUSE))
    assert trying.room == 0
    assert end(trying, call, WELL, later(PAUSE)).room == 1


def test_an_answer_to_a_call_of_before_says_nothing_of_now() -> None:
    trying, old = begin(Breaker(), NOW)
    opened = replace(OPEN, turn=trying.turn + 1)
    for breaker in (opened, at(opened, later(PAUSE), PAUSE)):
        assert end(breaker, old, WELL, later(PAUSE)) == breaker
        assert end(breaker, old, ILL, later(PAUSE)) == breaker


def test_a_forgotten_breaker_is_not_confused_by_answers_to_its_calls() -> None:
    assert end(Breaker(), Call(turn=0, number=7, at=NOW), ILL, NOW) == Breaker()


def test_a_call_that_began_before_one_that_failed_does_not_take_that_back() -> None:
    breaker, early = begin(Breaker(), NOW)
    breaker = end(after(ILL, ILL, breaker=breaker), early, WELL, NOW)
    assert (breaker.failures, breaker.room) == (2, 3)


@given(
    healthy=some.lists(some.tuples(some.integers(0, 9), some.booleans()), max_size=60),
    down=some.lists(some.integers(0, 9), min_size=1, max_size=200),
    minutes=some.integers(0, 4),
)
def test_while_a_vendor_is_down_it_gets_five_calls_and_one_a_minute(
    healthy: list[tuple[int, bool]], down: list[int], minutes: int
) -> None:
    """Ten threads begin calls and get answers in any order; calls that began before it went down may still go well."""
    breaker, flying = Breaker(), dict[int, tuple[Call, bool]]()
    made = 0
    for thread, ok in healthy:
        breaker, _ = moved(breaker, flying, thread, NOW, ok=ok or breaker.failures == MOST_FAILURES - 1)
        if breaker.phase is not Phase.CLOSED:
            return
    for minute in range(minutes + 1):
        for thread in down:
            breaker, began = moved(breaker, flying, thread, later(minute * PAUSE), ok=False)
            made += began
        assert made <= MOST_FAILURES + minute


def moved(
    breaker: Breaker, flying: dict[int, tuple[Call, bool]], thread: int, now: Millis, *, ok: bool
) -> tuple[Breaker, bool]:
    """Let a thread get its answer, or begin a call if it has none in flight and there is room."""
    breaker = at(breaker, now, PAUSE)
    if thread in flying:
        call, goes_well = flying.pop(thread)
        return end(breaker, call, WELL if goes_well else ILL, now), False
    if breaker.room <= 0:
        return breaker, False
    breaker, call = begin(breaker, now)
    flying[thread] = (call, ok)
    return breaker, True


@pytest.mark.parametrize(
    ("answers", "rate"),
    [
        ([ILL] * 4, 0.0),  # too few to tell
        ([WELL] * 3 + [ILL] * 2, 0.4),
        ([ILL] * 2 + [WELL] * 18, 0.1),
        ([ILL] + [WELL] * 19, 0.0),  # noise
        ([ILL] * 2 + [WELL] * 20, 0.0),  # long ago
        ([NEITHER] * 20, 0.0),
    ],
)
def test_the_failure_rate_is_of_the_last_twenty_answers(answers: Sequence[Sign], rate: float) -> None:
    assert after(*answers).failure_rate == rate


def said(phase: Phase, milliseconds: int = 0, version: int = 1) -> Circuit:
    return Circuit(provider=FIRST, phase=phase, at=later(milliseconds), version=version)


JUST_WELL = after(WELL, now=later(SECOND))


@pytest.mark.parametrize("ill", [OPEN, HALF_OPEN])
def test_one_that_nobody_called_for_a_day_is_as_good_as_new(ill: Breaker) -> None:
    kept, forgotten = (at(ill, Millis(ill.since + OUTDATED + more), PAUSE) for more in (0, 1))

    assert (kept.phase, kept.down_since) == (Phase.HALF_OPEN, NOW)
    assert (forgotten.phase, forgotten.down_since, forgotten.room) == (Phase.CLOSED, None, 5)
    assert forgotten.turn > ill.turn, "an answer to an old call says nothing"


@pytest.mark.parametrize(
    ("breaker", "circuit", "phase"),
    [
        (Breaker(), said(Phase.OPEN), Phase.OPEN),
        (Breaker(), said(Phase.OPEN, -PAUSE), Phase.HALF_OPEN),
        (Breaker(), said(Phase.CLOSED), Phase.CLOSED),
        (after(WELL, ILL), said(Phase.OPEN, SECOND), Phase.OPEN),
        (JUST_WELL, said(Phase.OPEN), Phase.CLOSED),  # it went well here since
        (OPEN, said(Phase.OPEN, -SECOND), Phase.OPEN),
        (OPEN, said(Phase.CLOSED, -SECOND), Phase.OPEN),
        (OPEN, said(Phase.CLOSED, SECOND), Phase.HALF_OPEN),
        (HALF_OPEN, said(Phase.CLOSED, PAUSE + SECOND), Phase.HALF_OPEN),
        (HALF_OPEN, said(Phase.OPEN, PAUSE + SECOND), Phase.OPEN),
    ],
)
def test_what_others_say_counts_unless_something_newer_is_known(
    breaker: Breaker, circuit: Circuit, phase: Phase
) -> None:
    assert told(breaker, circuit, later(SECOND), PAUSE).phase is phase


def test_being_told_again_changes_nothing() -> None:
    once = told(OPEN, said(Phase.CLOSED, SECOND), later(SECOND), PAUSE)
    assert told(once, said(Phase.CLOSED, SECOND), later(SECOND), PAUSE) == once


@pytest.mark.parametrize(
    ("circuit", "known", "is_news"),
    [
        (said(Phase.OPEN), None, True),
        (said(Phase.CLOSED), None, False),
        (said(Phase.OPEN, SECOND), said(Phase.OPEN), False),
        (said(Phase.OPEN, PAUSE), said(Phase.OPEN), True),
        (said(Phase.OPEN, SECOND), said(Phase.CLOSED), True),
        (said(Phase.CLOSED, SECOND), said(Phase.OPEN), True),
        (said(Phase.CLOSED, SECOND), said(Phase.CLOSED), False),
        (said(Phase.CLOSED), said(Phase.OPEN, SECOND), False),
    ],
)
def test_only_what_is_new_is_said(circuit: Circuit, known: Circuit | None, is_news: bool) -> None:
    assert worth_saying(circuit, known, PAUSE) is is_news


@pytest.mark.parametrize(
    ("breaker", "known", "is_wrong"),
    [
        (after(WELL, now=later(PAUSE)), said(Phase.OPEN), True),
        (after(WELL, now=later(PAUSE - 1)), said(Phase.OPEN), False),
        (after(WELL, now=later(PAUSE)), said(Phase.CLOSED), False),
        (HALF_OPEN, said(Phase.OPEN), False),
    ],
)
def test_who_knows_that_it_is_well_says_so_in_place_of_who_is_gone(
    breaker: Breaker, known: Circuit, is_wrong: bool
) -> None:
    corrected = correction(breaker, known, PAUSE)
    assert (corrected is not None) is is_wrong
    assert corrected is None or (corrected.phase, corrected.at) == (Phase.CLOSED, breaker.proven)
