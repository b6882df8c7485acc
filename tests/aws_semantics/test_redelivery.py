"""Given a wrapped handler, when Lambda hands it batches, then it gets some of them again."""

from typing import Any

import pytest

from tests.aws_semantics.dice import Dice
from tests.aws_semantics.record import Record
from tests.aws_semantics.redelivery import Event, Redelivery
from tests.aws_semantics.setting import Setting


class Clock:
    """A context in which each look finds `step` milliseconds gone."""

    def __init__(self, step: int = 0) -> None:
        self._left, self._step = 5_000 + step, step

    def get_remaining_time_in_millis(self) -> int:
        self._left -= self._step
        return self._left


NO_HURRY = Clock()


class Worker:
    """A handler that remembers what it was handed."""

    def __init__(self) -> None:
        self.handed: list[Event] = []

    def __call__(self, event: Event, context: Any) -> int:
        self.handed.append(event)
        return len(self.handed)


def batch(number: int) -> Event:
    return {"Records": [{"messageId": str(number)}]}


def redelivering(worker: Worker, share: float) -> Redelivery:
    return Redelivery(worker, Setting("redelivery", share, Dice("7", "redelivery"), Record()))


def test_a_batch_comes_again_and_only_the_first_answer_counts() -> None:
    worker = Worker()
    handle = redelivering(worker, 1)

    assert handle(batch(1), NO_HURRY) == 1
    assert worker.handed == [batch(1), batch(1)]
    assert len(handle.setting.record.effects("redelivery")) == 1


def test_some_come_again_only_after_later_ones() -> None:
    worker = Worker()
    handle = redelivering(worker, 1)
    for number in range(20):
        handle(batch(number), NO_HURRY)

    again = worker.handed[1::2]
    assert any(repeated != first for first, repeated in zip(worker.handed[::2], again, strict=True))
    assert all(repeated in worker.handed[::2] for repeated in again)


def test_none_come_again_when_it_is_off() -> None:
    worker = Worker()
    handle = redelivering(worker, 0)
    handle(batch(1), NO_HURRY)

    assert worker.handed == [batch(1)]


def test_none_come_again_when_the_time_might_not_last() -> None:
    worker = Worker()
    redelivering(worker, 1)(batch(1), Clock(step=2_000))

    assert worker.handed == [batch(1)]


def test_a_batch_that_failed_is_not_repeated_here() -> None:
    def fail(event: Event, context: Any) -> None:
        raise ConnectionError

    handle = Redelivery(fail, Setting("redelivery", 1, Dice("7", "redelivery"), Record()))
    with pytest.raises(ConnectionError):
        handle(batch(1), NO_HURRY)
    assert not handle.setting.record.entries
