"""Thousands of random histories on the store in memory, hundreds on the table."""

from functools import cache
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from moto import mock_aws

from tests.properties.lifecycle import Lifecycle
from tests.store.stores import MotoSession, Store, acting, new_table, on_table

CALM: Final = settings(suppress_health_check=list(HealthCheck), print_blob=True)


class InMemory(Lifecycle):
    @staticmethod
    def new_store() -> Store | None:
        return None


class OnTheTable(Lifecycle):
    @staticmethod
    def new_store() -> Store | None:
        return acting(on_table(new_table(_session())))


@pytest.mark.parametrize("quarter", range(4))
def test_two_thousand_histories_in_memory_keep_every_promise(quarter: int) -> None:
    run_state_machine_as_test(InMemory, settings=settings(CALM, max_examples=500, stateful_step_count=30))


@pytest.mark.parametrize("quarter", range(4))
def test_two_hundred_histories_on_the_table_keep_every_promise(quarter: int) -> None:
    with mock_aws():
        run_state_machine_as_test(OnTheTable, settings=settings(CALM, max_examples=50, stateful_step_count=20))


@cache
def _session() -> MotoSession:
    return MotoSession()
