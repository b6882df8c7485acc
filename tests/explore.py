"""Explores interleavings: runs a scenario of several actors under every order of their effects, crashes included.

Each actor runs in a thread that stops before every effect (a call of a port). A schedule says, stop by stop,
which actor goes on, or dies there. Schedules are enumerated depth first, so that every order is tried exactly once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

PATIENCE: Final = 10.0
"""Seconds after which an actor that neither stops nor ends fails the test."""
_THREADS: Final = ThreadPoolExecutor(max_workers=16)
"""Where actors live, one scenario after another: to start a thread for each takes longer than what it does."""


def _held() -> Lock:
    """Return a lock that somebody has; whoever waits for it goes on when the other side gives it back.

    (A threading.Event tells the same, with a lock and a list for each time that somebody waits.)
    """
    lock = Lock()
    lock.acquire()
    return lock


class Crash(BaseException):
    """Ends an actor as a killed process ends: no handler of the code under test may catch it."""


@dataclass
class Actor:
    """One process of a scenario: a name and what it does with its own stepping ports."""

    name: str
    run: Callable[[], object]
    may_crash: bool = False
    go: Lock = field(default_factory=_held)
    stopped: Lock = field(default_factory=_held)
    dying: bool = False
    ended: bool = False
    error: BaseException | None = None

    def step(self) -> None:
        """Stop before an effect until the schedule lets the actor go on. One that died has no effects any more."""
        if self.dying:
            raise Crash
        self.stopped.release()
        if not self.go.acquire(timeout=PATIENCE):
            raise TimeoutError(self.name)
        if self.dying:
            raise Crash

    def live(self) -> None:
        """Run to the end; remember what went wrong."""
        try:
            self.run()
        except Crash:
            pass
        except BaseException as error:  # noqa: BLE001 — handed to the test's own thread
            self.error = error
        self.ended = True
        self.stopped.release()

    def resume(self, *, dying: bool) -> None:
        """Let the actor run to its next stop or its end."""
        self.dying = dying
        self.go.release()
        self.stop()

    def stop(self) -> None:
        """Wait until the actor has come to its next stop or its end."""
        if not self.stopped.acquire(timeout=PATIENCE):
            raise TimeoutError(self.name)


class Stepping:
    """A port whose every method first stops its actor."""

    def __init__(self, port: object, actor: Callable[[], Actor]) -> None:
        self._port = port
        self._actor = actor

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._actor().step()
            return target(*arguments, **named)

        return call


@dataclass(frozen=True)
class Scenario:
    """Actors that run at once, and what must hold when all have ended."""

    actors: Sequence[Actor]
    check: Callable[[], None]


def explore(make: Callable[[], Scenario], *, crashes: int = 0) -> int:
    """Run the scenario under every schedule with at most `crashes` crashes; return how many schedules there were.

    `make` builds a fresh scenario each time. What `check` raises, names the schedule that led to it.
    """
    count = 0
    prefix: list[int] | None = []
    while prefix is not None:
        scenario = make()
        taken = list(_run(scenario, prefix, crashes))
        try:
            _raise_errors(scenario)
            scenario.check()
        except AssertionError as error:
            error.add_note(" → ".join(step for _, _, step in taken))
            raise
        prefix = _next([(choice, options) for choice, options, _ in taken])
        count += 1
    return count


def _run(scenario: Scenario, prefix: Sequence[int], crashes: int) -> Iterator[tuple[int, int, str]]:
    for actor in scenario.actors:
        # An actor acts for the tenant that the test acts for.
        _THREADS.submit(copy_context().run, actor.live)
        actor.stop()
    position = 0
    while running := [actor for actor in scenario.actors if not actor.ended]:
        options = [(actor, False) for actor in running]
        options += [(actor, True) for actor in running if actor.may_crash and crashes > 0]
        choice = prefix[position] if position < len(prefix) else 0
        actor, dying = options[choice]
        crashes -= dying
        actor.resume(dying=dying)
        yield choice, len(options), f"{actor.name}{' dies' if dying else ''}"
        position += 1


def _next(taken: Sequence[tuple[int, int]]) -> list[int] | None:
    for position in range(len(taken) - 1, -1, -1):
        choice, options = taken[position]
        if choice + 1 < options:
            return [earlier for earlier, _ in taken[:position]] + [choice + 1]
    return None


def _raise_errors(scenario: Scenario) -> None:
    errors: Mapping[str, BaseException] = {actor.name: actor.error for actor in scenario.actors if actor.error}
    for error in errors.values():
        raise error
