"""The breakers of workers: what they count, what they tell each other, and how many threads they let through."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Lock

from chalicelib.domain.breaker import Circuit, Phase, Sign
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import Refused
from chalicelib.domain.value import Millis
from chalicelib.services.breakers import Breakers, Wait
from tests.build import ACME, NOW
from tests.fakes import ManualClock
from tests.properties.outage import CountedCircuits
from tests.twin import Rows, TwinCircuits

FIRST, SECOND = ProviderId("first"), ProviderId("second")
PAUSE, FRESH_FOR = 60_000, 20_000
WELL, ILL = Sign.WELL, Sign.ILL


class Fleet:
    """Workers that share a table and a clock."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.shared = CountedCircuits(TwinCircuits(Rows()))

    def worker(self, patience: float = 0.0) -> Breakers:
        return Breakers(self.shared, self.clock, lambda: 0.5, pause=PAUSE, fresh_for=FRESH_FOR, patience=patience)


def call(worker: Breakers, *signs: Sign, provider: ProviderId = FIRST, tenant: TenantId = ACME) -> Millis | None:
    """Make calls that are answered so; return when to come again once there is nobody to call."""
    for sign in signs:
        with worker.admission(tenant) as admission:
            wait = admission.ask([provider])
            if wait is not None:
                return wait.until
            admission.settle(sign)
        worker.share(tenant)
    return None


def test_health_costs_one_read_in_a_while_and_no_write() -> None:
    fleet = Fleet()
    worker = fleet.worker()
    call(worker, *[WELL] * 100)
    assert (fleet.shared.reads, fleet.shared.written) == (1, [])
    fleet.clock.advance(FRESH_FOR)
    call(worker, *[WELL] * 100)
    assert fleet.shared.reads == 2


def test_only_transitions_are_written() -> None:
    fleet = Fleet()
    worker = fleet.worker()
    assert call(worker, *[ILL] * 9) == NOW + PAUSE + PAUSE // 4
    fleet.clock.advance(PAUSE)
    call(worker, ILL)
    fleet.clock.advance(PAUSE)
    call(worker, *[WELL] * 9)
    written = [(circuit.phase, circuit.at - NOW) for circuit in fleet.shared.written]
    assert written == [(Phase.OPEN, 0), (Phase.OPEN, PAUSE), (Phase.CLOSED, 2 * PAUSE)]


def test_a_worker_obeys_what_another_found_out() -> None:
    fleet = Fleet()
    ours, other = fleet.worker(), fleet.worker()
    call(ours, WELL)
    fleet.clock.advance(1)
    call(other, *[ILL] * 5)
    assert call(ours, ILL) is None  # what it read is fresh
    fleet.clock.advance(FRESH_FOR)
    assert call(ours, ILL) is not None
    assert call(fleet.worker(), ILL) is not None
    assert call(ours, WELL, provider=SECOND) is None


def test_when_several_find_it_out_at_once_it_is_said_once() -> None:
    fleet = Fleet()
    workers = [fleet.worker() for _ in range(4)]
    for worker in workers:
        call(worker, ILL)
    for worker in workers:
        call(worker, *[ILL] * 4)
    assert len(fleet.shared.written) == 1


def test_when_one_finds_it_well_the_others_try_it_at_once() -> None:
    fleet = Fleet()
    ours, other = fleet.worker(), fleet.worker()
    call(ours, WELL)
    call(other, *[ILL] * 5)
    fleet.clock.advance(FRESH_FOR - 1)
    call(ours, *[ILL] * 5)
    fleet.clock.advance(PAUSE - FRESH_FOR + 1)
    call(other, WELL, WELL)
    assert call(ours, WELL) is None
    assert call(ours, ILL) is None
    assert call(ours, WELL) is not None


def test_a_worker_that_was_told_by_one_that_is_gone_says_that_it_is_well() -> None:
    fleet = Fleet()
    call(fleet.worker(), *[ILL] * 5)
    fleet.clock.advance(PAUSE)
    worker = fleet.worker()
    call(worker, WELL, WELL)
    assert fleet.shared.written[-1].phase is Phase.CLOSED


def test_tenants_are_apart() -> None:
    fleet = Fleet()
    worker = fleet.worker()
    call(worker, *[ILL] * 5)
    assert call(worker, WELL, tenant=TenantId("beta")) is None
    assert call(worker, WELL) is not None


def test_the_oldest_breakers_are_forgotten() -> None:
    worker = replace(Fleet().worker(), most=3)
    with worker.admission(ACME) as admission:
        admission.ask([ProviderId("p0")])
        for number in range(1, 5):
            call(worker, WELL, provider=ProviderId(f"p{number}"), tenant=TenantId(f"t{number}"))
        admission.settle(ILL)
    assert len(worker._kept) == len(worker._known) == 3
    assert worker.is_well(ACME, ProviderId("p0"))


def test_a_call_that_was_never_answered_leaves_room_and_says_nothing() -> None:
    worker = Fleet().worker()
    for _ in range(9):
        with worker.admission(ACME) as admission:
            assert admission.ask([FIRST]) is None
    assert worker.is_well(ACME, FIRST)


def test_the_first_that_may_be_called_is_called() -> None:
    worker = Fleet().worker()
    call(worker, *[ILL] * 5)
    with worker.admission(ACME) as admission:
        assert admission.ask([FIRST, SECOND]) is None
        assert admission.provider == SECOND
        assert admission.ask([SECOND, FIRST]) is None
        assert admission.ask([FIRST]) == Wait(Millis(NOW + PAUSE + PAUSE // 4), down_since=NOW)
        assert admission.provider is None


def test_a_refusal_of_the_rate_counts_for_nothing() -> None:
    worker = Fleet().worker()
    busy = Refused(kind=AttemptOutcome.RETRIABLE, code="http_429", telling=False)
    for _ in range(9):
        with worker.admission(ACME) as admission:
            assert admission.ask([FIRST]) is None
            admission.answered(busy)
    assert worker.is_well(ACME, FIRST)


def test_threads_that_begin_together_reach_a_vendor_that_is_down_five_times() -> None:
    worker, made, together, lock = Fleet().worker(patience=5.0), [0], Barrier(5), Lock()

    def attempt(_: int) -> Wait | None:
        with worker.admission(ACME) as admission:
            wait = admission.ask([FIRST])
            if wait is None:
                with lock:
                    made[0] += 1
                together.wait(5)
                admission.settle(ILL)
            return wait

    with ThreadPoolExecutor(10) as threads:
        waits = list(threads.map(attempt, range(40)))
    assert (made[0], waits.count(None)) == (5, 5)


def test_threads_wait_a_moment_for_a_vendor_that_is_well() -> None:
    fleet = Fleet()
    worker = fleet.worker(patience=5.0)

    def attempt(_: int) -> Millis | None:
        return call(worker, WELL)

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(attempt, range(200))) == {None}
    assert fleet.shared.reads == 1


def test_nobody_waits_for_long() -> None:
    worker = Fleet().worker()
    busy = [worker.admission(ACME) for _ in range(5)]
    assert {admission.ask([FIRST]) for admission in busy} == {None}
    assert worker.admission(ACME).ask([FIRST]) == Wait(Millis(NOW + 1_500))
    # Somebody else than who is busy is not called instead: it is well.
    assert worker.admission(ACME).ask([FIRST, SECOND]) == Wait(Millis(NOW + 1_500))


def test_while_it_is_tried_out_others_come_again_soon() -> None:
    fleet = Fleet()
    worker = fleet.worker()
    call(worker, *[ILL] * 5)
    fleet.clock.advance(PAUSE)
    assert worker.admission(ACME).ask([FIRST]) is None
    assert worker.admission(ACME).ask([FIRST]) == Wait(Millis(fleet.clock() + 5_500))


def test_what_stands_in_the_table_is_a_circuit_of_the_next_version() -> None:
    fleet = Fleet()
    call(fleet.worker(), *[ILL] * 5)
    assert fleet.shared.list(ACME) == (Circuit(provider=FIRST, phase=Phase.OPEN, at=NOW, down_since=NOW, version=1),)


def test_how_long_a_provider_is_down_outlives_who_saw_it_go_down() -> None:
    # Given a provider that was tried out in vain a day after it went down
    fleet = Fleet()
    call(fleet.worker(), *[ILL] * 5)
    fleet.clock.advance(86_400_000)
    call(fleet.worker(), ILL)

    # Then a worker that has just started knows since when, until somebody has closed it and saw it go down again
    assert fleet.worker().admission(ACME).ask([FIRST]) == Wait(Millis(fleet.clock() + PAUSE + PAUSE // 4), NOW)
    fleet.clock.advance(PAUSE)
    call(fleet.worker(), WELL, WELL)
    fleet.clock.advance(1)
    call(fleet.worker(), *[ILL] * 5)
    assert fleet.worker().admission(ACME).ask([FIRST]) == Wait(
        Millis(fleet.clock() + PAUSE + PAUSE // 4), fleet.clock()
    )


def test_while_one_that_is_well_has_calls_enough_nobody_is_down() -> None:
    worker = Fleet().worker()
    call(worker, *[ILL] * 5)
    busy = [worker.admission(ACME) for _ in range(5)]
    assert {admission.ask([SECOND]) for admission in busy} == {None}
    assert worker.admission(ACME).ask([FIRST, SECOND]) == Wait(Millis(NOW + 1_500))


def test_who_learns_that_another_one_found_it_well_forgets_since_when_it_was_down() -> None:
    # Given a worker that saw it go down, and another one that closed it
    fleet = Fleet()
    first, other = fleet.worker(), fleet.worker()
    call(first, *[ILL] * 5)
    fleet.clock.advance(PAUSE + 1)
    call(other, WELL, WELL)
    fleet.clock.advance(FRESH_FOR)

    # When it is down again
    call(first, ILL)

    assert first.admission(ACME).ask([FIRST]) == Wait(Millis(fleet.clock() + PAUSE + PAUSE // 4), fleet.clock())
