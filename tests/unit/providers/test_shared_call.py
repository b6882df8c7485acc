"""A call that many threads need is made once, and whatever it comes to is everybody's."""

from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import pytest

from chalicelib.providers.shared_call import SharedCall


def test_who_comes_while_it_is_made_shares_what_it_comes_to(waiters: Semaphore) -> None:
    made: list[int] = []

    def make() -> str:
        made.append(len(made))
        assert all(waiters.acquire(timeout=5) for _ in range(3))
        return "token"

    call = SharedCall(make)
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: call(), range(4)))

    assert results == ["token"] * 4
    assert made == [0]


def test_so_is_an_exception(waiters: Semaphore) -> None:
    def make() -> str:
        waiters.acquire(timeout=5)
        raise LookupError("no token")

    call = SharedCall(make)
    with ThreadPoolExecutor(2) as threads:
        results = [threads.submit(call) for _ in range(2)]

    assert [str(result.exception()) for result in results] == ["no token"] * 2


def test_who_comes_later_has_it_made_again() -> None:
    answers = iter(["no token", "token"])

    call = SharedCall(lambda: next(answers))

    assert [call(), call()] == ["no token", "token"]
    with pytest.raises(StopIteration):
        call()
