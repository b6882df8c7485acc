"""Digests under every order of joins, closings, repetitions and crashes: each notification is told once, in one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from chalicelib.domain.digest import MOST_ENTRIES, DigestWindow, WindowMode, digest_id
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.collecting import KEY, LENGTH, RULE, Collecting, Wrap, id_of, later
from tests.explore import Actor, Scenario, Stepping, explore
from tests.twin import Rows, TwinDigestWindows, TwinStates

A, B, C = id_of("a"), id_of("b"), id_of("c")


@dataclass
class Stage(Collecting):
    """Digests, and the actors on them: dispatchers that hold a message each. A message whose dispatcher died comes
    again.
    """

    actors: list[Actor] = field(default_factory=list)
    messages: list[Callable[[Wrap], object]] = field(default_factory=list)

    def message(self, name: str, act: Callable[[Wrap], object], *, may_crash: bool = False) -> None:
        actor = Actor(name, lambda: None, may_crash=may_crash)

        def run() -> None:
            act(lambda port: Stepping(port, lambda: actor))
            self.messages.remove(act)

        actor.run = run
        self.messages.append(act)
        self.actors.append(actor)

    def joiner(self, id: NotificationId, *, name: str = "", may_crash: bool = False) -> None:
        """Add a dispatcher that has decided a notification and found that it is in no digest."""
        request, state, now = self.rows.requests[ACME, id], self.rows.states[ACME, id], self.clock()

        def join(wrap: Wrap) -> object:
            return self.digests(wrap).join(request, state, self.rule, now)

        self.message(name or f"join {id[:4]}", join, may_crash=may_crash)

    def closer(self, name: str = "close", *, at: Millis, may_crash: bool = False) -> None:
        """Add a dispatcher that was told that the digest is due."""
        self.message(name, lambda wrap: self.digests(wrap).close(ACME, KEY.id, at), may_crash=may_crash)

    def settle(self) -> None:
        """Let come again what came to nothing, then let time pass."""
        for act in [*self.messages]:
            act(lambda port: port)
        self.wait()

    def scenario(self, check: Callable[[], None]) -> Scenario:
        """Return the scenario: when all has settled, `check`."""

        def settled() -> None:
            self.settle()
            assert (self.window.entries, self.window.sealed) == ((), ())
            for digest in self.told:
                assert len(set(digest.digest_of)) == len(digest.digest_of) > 0
                windows = {self.rows.states[ACME, id].digest or "" for id in digest.digest_of}
                assert [digest.id] == [digest_id(ACME, window) for window in windows]
            check()

        return Scenario(self.actors, settled)

    def all_told(self) -> list[NotificationId]:
        return sorted(id for digest in self.news for id in digest)


def test_two_that_join_at_once_are_told_in_one_digest_whoever_dies() -> None:
    def make() -> Scenario:
        stage = Stage()
        for name in "ab":
            stage.joiner(stage.decided(name), may_crash=True)

        def check() -> None:
            assert sorted(map(sorted, stage.news)) == [sorted((A, B))]

        return stage.scenario(check)

    assert explore(make, crashes=1) > 1_000


def test_one_that_joins_twice_at_once_beside_another_is_told_once() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.joined("b")
        stage.decided("a")
        stage.joiner(A, name="first", may_crash=True)
        stage.joiner(A, name="second")

        def check() -> None:
            assert stage.all_told() == sorted((A, B))
            assert len(stage.told) == 1

        return stage.scenario(check)

    assert explore(make, crashes=1) > 200


def test_joining_beside_a_closing_window_goes_into_it_or_into_the_next() -> None:
    ways = set()

    def make() -> Scenario:
        stage = Stage()
        stage.joined("a")
        stage.timers.scheduled.clear()
        stage.joiner(stage.decided("b"))
        stage.closer(at=later(LENGTH))

        def check() -> None:
            assert stage.all_told() == sorted((A, B))
            ways.add(len(stage.told))

        return stage.scenario(check)

    assert explore(make) > 1_000
    assert ways == {1, 2}


def test_joining_again_beside_a_window_that_closes_is_told_once() -> None:
    """The first dispatcher died before the state said where it is; the message comes again as the window closes."""

    def make() -> Scenario:
        stage = Stage()
        stage.joined("b")
        stage.timers.scheduled.clear()
        stage.decided("a")
        TwinDigestWindows(stage.rows).put(ACME, KEY, stage.window.joined(A, RULE, NOW), 0)
        stage.joiner(A, may_crash=True)
        stage.closer(at=later(LENGTH), may_crash=True)

        def check() -> None:
            assert sorted(map(sorted, stage.news)) == [sorted((A, B))]

        return stage.scenario(check)

    assert explore(make, crashes=1) > 100


def test_a_slow_twin_of_one_that_joined_and_was_told_finds_that_out() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.joined("b")
        stage.timers.scheduled.clear()
        stage.decided("a")
        request, state = stage.rows.requests[ACME, A], stage.rows.states[ACME, A]

        def join_and_close(wrap: Wrap) -> None:
            wrap(stage.digests()).join(request, state, RULE, NOW)
            stage.digests(wrap).close(ACME, KEY.id, later(LENGTH))

        stage.joiner(A, name="slow")
        stage.message("fast", join_and_close)

        def check() -> None:
            assert stage.all_told() == sorted((A, B))

        return stage.scenario(check)

    assert explore(make) > 50


def test_two_that_close_at_once_tell_it_once_wherever_they_die() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.joined("a")
        stage.timers.scheduled.clear()
        stage.closer("one", at=later(LENGTH), may_crash=True)
        stage.closer("two", at=later(LENGTH))

        def check() -> None:
            assert stage.news == [(A,)]

        return stage.scenario(check)

    assert explore(make, crashes=1) > 500


def test_closing_goes_on_wherever_it_died_again_and_again() -> None:
    def make() -> Scenario:
        stage = Stage()
        for name in "ab":
            stage.decided(name)
        joined = DigestWindow().joined(A, RULE, NOW).joined(B, RULE, NOW)
        TwinDigestWindows(stage.rows).put(ACME, KEY, joined, 0)

        stage.closer(at=later(LENGTH), may_crash=True)

        def check() -> None:
            assert sorted(map(sorted, stage.news)) == [sorted((A, B))]

        return stage.scenario(check)

    assert explore(make, crashes=1) == 1 + 7


def test_a_window_that_slides_is_closed_in_the_end() -> None:
    def make() -> Scenario:
        stage = Stage(rule=replace(RULE, mode=WindowMode.SLIDING))
        stage.joined("a")
        stage.timers.scheduled.clear()
        stage.clock.advance(LENGTH // 2)
        stage.joiner(stage.decided("b"))
        stage.closer(at=later(LENGTH))

        def check() -> None:
            assert stage.all_told() == sorted((A, B))

        return stage.scenario(check)

    assert explore(make) > 1_000


def test_what_is_cancelled_before_its_window_is_told_is_left_out_and_the_rest_is_not() -> None:
    ways = set()

    def make() -> Scenario:
        stage = Stage()
        for name in "ab":
            stage.joined(name)
        stage.timers.scheduled.clear()
        told: list[bool] = []

        def cancel(wrap: Wrap) -> None:
            wrap(TwinStates(stage.rows)).cancel(stage.ref(A), NOW)
            told.append(bool(stage.window.version > 2))

        stage.message("cancel", cancel)
        stage.closer(at=later(LENGTH), may_crash=True)

        def check() -> None:
            assert B in stage.all_told()
            assert A not in stage.all_told() or told == [True]
            ways.add(len(stage.all_told()))

        return stage.scenario(check)

    assert explore(make, crashes=1) > 20
    assert ways == {1, 2}


def test_a_window_that_fills_beside_its_closing_loses_none() -> None:
    filled = Stage()
    full = tuple(filled.decided(str(number)) for number in range(MOST_ENTRIES))
    for id in full:
        TwinStates(filled.rows).join_digest(filled.ref(id), full[0])
    window = DigestWindow(entries=full, opened_at=NOW, closes_at=later(LENGTH))
    TwinDigestWindows(filled.rows).put(ACME, KEY, window, 0)
    filled.decided("a")

    def make() -> Scenario:
        kept = filled.rows
        stage = Stage(rows=Rows(requests={**kept.requests}, states={**kept.states}, windows={**kept.windows}))
        stage.joiner(A)
        stage.closer(at=later(LENGTH))

        def check() -> None:
            assert stage.all_told() == sorted((*full, A))

        return stage.scenario(check)

    assert explore(make) > 500
