"""One mail with files at a time, and whoever waited too long comes again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Event

import pytest

from chalicelib.services.heavy_mail import HeavyMail, TooLateError


def always() -> bool:
    return True


def test_the_second_waits_for_the_first() -> None:
    heavy, entered, leave, order = HeavyMail(), Event(), Event(), []

    def first() -> None:
        with heavy.scope(always):
            heavy.take_turn()
            heavy.take_turn()
            entered.set()
            assert leave.wait(5)
            order.append("first")

    def second() -> None:
        assert entered.wait(5)
        with heavy.scope(always):
            leave.set()
            heavy.take_turn()
            order.append("second")

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(first), threads.submit(second)]:
            done.result(5)
    assert order == ["first", "second"]


def test_mails_without_files_wait_for_nobody() -> None:
    heavy = HeavyMail()
    with heavy.scope(always):
        heavy.take_turn()
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(_light, heavy).result(5)


def _light(heavy: HeavyMail) -> bool:
    with heavy.scope(always):
        return True


@pytest.mark.parametrize("fails", [False, True])
def test_the_turn_is_given_back_whatever_happens(*, fails: bool) -> None:
    heavy = HeavyMail()

    def once(in_time: Callable[[], bool]) -> None:
        with heavy.scope(in_time):
            heavy.take_turn()
            if fails:
                raise ValueError("broken")

    for _ in range(2):
        with nullcontext() if not fails else pytest.raises(ValueError, match="broken"):
            once(always)


def test_without_time_left_nothing_begins() -> None:
    heavy = HeavyMail()
    with pytest.raises(TooLateError), heavy.scope(lambda: False):
        heavy.take_turn()
    with heavy.scope(always):
        heavy.take_turn()
