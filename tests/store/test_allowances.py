"""What was released to users and spent of budgets: replaced by who saw the last version, added to within the limit."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.allowance import Budget, Period, Taking, Usage
from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import StaleVersionError
from tests.build import ACME, NOW, a_recipient
from tests.store.stores import Store

ANN = a_recipient()
WHO = (ANN.user_type, ANN.user_id)
BOB = (UserType("customer"), UserId("bob"))
TTL = NOW // 1_000 + 2 * 86_400
FIRST = Usage(
    taken={
        Channel.EMAIL: (Taking(mark="b302099a8057", at=NOW), Taking(mark="000000000000", at=Millis(NOW + 1))),
        Channel.SMS: (Taking(mark="ffffffffffff", at=NOW, counts=False),),
    },
    version=1,
)
DAILY = Budget(period=Period.DAY, limit=100)
MONTHLY = Budget(period=Period.MONTH, limit=1_000)
ON_MARKETING = Budget(period=Period.DAY, limit=50, category="marketing")


def test_a_usage_is_found_as_it_was(store: Store) -> None:
    assert store.usages.get(ACME, *WHO) == Usage()
    store.usages.put(ACME, *WHO, FIRST, TTL)
    assert store.usages.get(ACME, *WHO) == FIRST
    assert store.usages.get(ACME, *BOB) == Usage()


def test_a_usage_is_replaced_by_who_saw_the_last_version(store: Store) -> None:
    store.usages.put(ACME, *WHO, FIRST, TTL)
    second = Usage(taken={Channel.PUSH: (Taking(mark="0123456789ab", at=NOW),)}, version=2)
    store.usages.put(ACME, *WHO, second, TTL)
    assert store.usages.get(ACME, *WHO) == second


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_stale_usage_replaces_nothing(store: Store, version: int) -> None:
    store.usages.put(ACME, *WHO, FIRST, TTL)
    second = Usage(taken={Channel.PUSH: (Taking(mark="0123456789ab", at=NOW),)}, version=2)
    store.usages.put(ACME, *WHO, second, TTL)
    with pytest.raises(StaleVersionError):
        store.usages.put(ACME, *WHO, Usage(version=version), TTL)
    # Saying the same as what is there does not make it one's own.
    with pytest.raises(StaleVersionError):
        store.usages.put(ACME, *WHO, second, TTL)
    assert store.usages.get(ACME, *WHO) == second


def test_a_usage_of_a_later_version_does_not_begin_one(store: Store) -> None:
    with pytest.raises(StaleVersionError):
        store.usages.put(ACME, *WHO, Usage(version=2), TTL)
    assert store.usages.get(ACME, *WHO) == Usage()


def test_money_is_spent_up_to_the_limit_and_not_beyond(store: Store) -> None:
    assert store.spendings.spend(ACME, DAILY, 60, NOW)
    assert not store.spendings.spend(ACME, DAILY, 41, NOW)
    assert store.spendings.spend(ACME, DAILY, 40, NOW)
    assert not store.spendings.spend(ACME, DAILY, 1, NOW)
    assert store.spendings.spent(ACME, [DAILY], NOW) == (100,)


def test_more_than_the_limit_is_not_spent_at_once(store: Store) -> None:
    assert not store.spendings.spend(ACME, DAILY, 101, NOW)
    assert store.spendings.spent(ACME, [DAILY], NOW) == (0,)


def test_budgets_are_counted_apart(store: Store) -> None:
    store.spendings.spend(ACME, DAILY, 1, NOW)
    store.spendings.spend(ACME, MONTHLY, 2, NOW)
    store.spendings.spend(ACME, ON_MARKETING, 4, NOW)
    assert store.spendings.spent(ACME, [ON_MARKETING, DAILY, MONTHLY], NOW) == (4, 1, 2)
    assert store.spendings.spent(ACME, [], NOW) == ()


def test_what_is_taken_back_can_be_spent_again(store: Store) -> None:
    store.spendings.spend(ACME, DAILY, 100, NOW)
    assert store.spendings.spend(ACME, DAILY, -30, NOW)
    assert store.spendings.spent(ACME, [DAILY], NOW) == (70,)
    assert store.spendings.spend(ACME, DAILY, 30, NOW)


def test_taking_back_from_nothing_leaves_nothing(store: Store) -> None:
    assert store.spendings.spend(ACME, DAILY, -30, NOW)
    assert store.spendings.spent(ACME, [DAILY], NOW) == (0,)


def test_a_changed_limit_holds_for_what_was_spent_before(store: Store) -> None:
    store.spendings.spend(ACME, DAILY, 80, NOW)
    assert not store.spendings.spend(ACME, Budget(period=Period.DAY, limit=50), 1, NOW)
    assert store.spendings.spend(ACME, Budget(period=Period.DAY, limit=200), 120, NOW)


@pytest.mark.parametrize(
    ("budget", "last", "first"),
    [
        (DAILY, "2026-11-20T23:59:59.999", "2026-11-21T00:00:00"),
        (MONTHLY, "2026-11-30T23:59:59.999", "2026-12-01T00:00:00"),
        (MONTHLY, "2027-12-31T23:59:59.999", "2028-01-01T00:00:00"),
    ],
)
def test_a_period_begins_with_nothing_spent(store: Store, budget: Budget, last: str, first: str) -> None:
    store.spendings.spend(ACME, budget, budget.limit, at(last))
    assert store.spendings.spent(ACME, [budget], at(first)) == (0,)
    assert store.spendings.spend(ACME, budget, 1, at(first))
    assert store.spendings.spent(ACME, [budget], at(last)) == (budget.limit,)


def at(text: str) -> Millis:
    """The time in a text, in UTC."""
    return Millis(round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000))
