"""Pooled connections are used while they are fresh, and never closed under a running request."""

from chalicelib.providers.connections import LONGEST_IDLE, Pool


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Connections:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_connections_in_steady_use_are_kept() -> None:
    clock, connections = Clock(), Connections()
    pool = Pool(connections.close, clock)
    for _ in range(10):
        clock.now += LONGEST_IDLE
        with pool.connection():
            assert connections.closed == 0


def test_connections_that_lay_idle_are_closed_before_the_next_use() -> None:
    clock, connections = Clock(), Connections()
    pool = Pool(connections.close, clock)
    clock.now += LONGEST_IDLE + 1
    with pool.connection():
        assert connections.closed == 1


def test_idle_time_counts_from_the_end_of_a_use() -> None:
    clock, connections = Clock(), Connections()
    pool = Pool(connections.close, clock)
    with pool.connection():
        clock.now += 60
    with pool.connection():
        assert connections.closed == 0


def test_nothing_is_closed_while_another_request_is_under_way() -> None:
    clock, connections = Clock(), Connections()
    pool = Pool(connections.close, clock)
    with pool.connection():
        clock.now += LONGEST_IDLE + 1
        with pool.connection():
            assert connections.closed == 0
