"""Chance that can be repeated."""

import pytest

from tests.aws_semantics.dice import Dice, share


def throws(dice: Dice, operation: str = "Query") -> list[float]:
    return [dice.throw(operation) for _ in range(20)]


def test_the_same_seed_shows_the_same_numbers() -> None:
    assert throws(Dice("7", "index_lag")) == throws(Dice("7", "index_lag"))


@pytest.mark.parametrize("other", [Dice("8", "index_lag"), Dice("7", "duplicates")])
def test_another_seed_or_semantic_shows_others(other: Dice) -> None:
    assert throws(Dice("7", "index_lag")) != throws(other)


def test_the_throws_of_one_operation_do_not_depend_on_those_of_another() -> None:
    alone, mixed = Dice("7", "x"), Dice("7", "x")
    assert throws(alone) == [number for _ in range(20) for number in (mixed.throw("Query"),) if mixed.throw("Put") >= 0]


def test_functions_throw_differently_and_weigh_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Dice("7", "x")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "herald-local-Outbox-B0E2C7E1C196E")
    there = Dice("7", "x")
    assert throws(here) != throws(there)
    assert here.weigh("item") == there.weigh("item")


def test_a_function_throws_alike_in_every_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "herald-local-Outbox-B0E2C7E1C196E")
    today = Dice("7", "x")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "herald-local-Outbox-1C196EB0E2C7E")
    assert throws(today) == throws(Dice("7", "x"))


def test_numbers_are_spread_evenly() -> None:
    below_a_tenth = sum(share("7", number) < 0.1 for number in range(2_000))
    assert 150 < below_a_tenth < 250
