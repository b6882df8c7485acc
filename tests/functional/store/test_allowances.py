"""Usages and spendings when answers get lost, and what they cost."""

import os

import pytest

from chalicelib.domain.allowance import DEFAULT_CAP, Budget, Period, Usage, released
from chalicelib.domain.ids import NotificationId, UserId, derived_id
from chalicelib.domain.preferences import Cap
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.allowances import Allowances, Wanted
from chalicelib.services.ports import StaleVersionError
from chalicelib.store.spendings import KEPT_FOR, SpendingRows
from chalicelib.store.table import Table
from chalicelib.store.usages import UsageRows
from tests.build import ACME, NOW, a_recipient, a_state
from tests.functional.store.test_rows import size_of
from tests.functional.store.wire import first_answer_lost, requests_of, scan

ANN = a_recipient(user_id=UserId("5f9c1c1e-6a0b-5c7e-9d55-9b7a3f4f1d10"))
WHO = (ANN.user_type, ANN.user_id)
TTL = NOW // 1_000 + 2 * 86_400
DAILY = Budget(period=Period.DAY, limit=100)
MONTHLY = Budget(period=Period.MONTH, limit=1_000, category="transactional")
WRITE_UNIT = 1_024
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.PUSH)


def test_a_usage_whose_answer_got_lost_is_known_again(table: Table) -> None:
    usages = UsageRows(table, os.urandom)
    with first_answer_lost(table, "PutItem"):
        usages.put(ACME, *WHO, Usage(version=1), TTL)
    with first_answer_lost(table, "PutItem"):
        usages.put(ACME, *WHO, Usage(version=2), TTL)
    assert usages.get(ACME, *WHO).version == 2


def test_anothers_usage_that_says_the_same_is_not_taken_for_ones_own(table: Table) -> None:
    usages = UsageRows(table, os.urandom)
    usages.put(ACME, *WHO, Usage(version=1), TTL)
    with first_answer_lost(table, "PutItem"), pytest.raises(StaleVersionError):
        usages.put(ACME, *WHO, Usage(version=1), TTL)


@pytest.mark.parametrize("before", [0, 40])
def test_money_is_spent_once_when_the_answer_got_lost(table: Table, before: int) -> None:
    spendings = SpendingRows(table, os.urandom)
    if before:
        spendings.spend(ACME, DAILY, before, NOW)
    with first_answer_lost(table, "UpdateItem"):
        assert spendings.spend(ACME, DAILY, 60, NOW)
    assert spendings.spent(ACME, [DAILY], NOW) == (before + 60,)


def test_money_that_was_refused_is_not_taken_for_spent_when_the_answer_got_lost(table: Table) -> None:
    spendings = SpendingRows(table, os.urandom)
    spendings.spend(ACME, DAILY, 60, NOW)
    with first_answer_lost(table, "UpdateItem"):
        assert not spendings.spend(ACME, DAILY, 60, NOW)
    assert spendings.spent(ACME, [DAILY], NOW) == (60,)


def test_money_is_taken_back_under_a_token_by_which_a_repetition_is_known(table: Table) -> None:
    """Twice would be too much. Emulators do not look at the token; the table remembers it for ten minutes."""
    spendings = SpendingRows(table, os.urandom)
    spendings.spend(ACME, DAILY, 60, NOW)
    with requests_of(table) as made:
        spendings.spend(ACME, DAILY, -60, NOW)
    assert [bool(request["ClientRequestToken"]) for request in made] == [True]


def test_what_is_counted_ends_by_itself(table: Table) -> None:
    spendings = SpendingRows(table, os.urandom)
    UsageRows(table, os.urandom).put(ACME, *WHO, Usage(version=1), TTL)
    spendings.spend(ACME, DAILY, 1, NOW)
    spendings.spend(ACME, MONTHLY, 1, NOW)
    ends = {row["SK"]["S"]: int(row["ttl"]["N"]) for row in scan(table)}
    # NOW is 2027-01-15.
    assert ends["USAGE"] == TTL
    assert ends["SPENT"] == 1_799_971_200 + KEPT_FOR
    assert ends["SPENT#transactional"] == 1_801_353_600 + KEPT_FOR


def test_every_row_says_of_which_kind_and_layout_it_is(table: Table) -> None:
    UsageRows(table, os.urandom).put(ACME, *WHO, Usage(version=1), TTL)
    SpendingRows(table, os.urandom).spend(ACME, DAILY, 1, NOW)
    assert [row["z"] for row in scan(table)] == [{"N": "1"}] * 2
    assert {row["k"]["S"] for row in scan(table)} == {"C", "P"}


def test_seventy_messages_in_an_hour_cost_one_write_unit_each(table: Table) -> None:
    usages, usage = UsageRows(table, os.urandom), Usage()
    for number in range(70):
        usage = released(usage, {CHANNELS[number % 3]: DEFAULT_CAP}, an_id(number), Millis(NOW + number))
        usages.put(ACME, *WHO, usage, TTL)
    (row,) = scan(table)
    assert size_of(row) <= WRITE_UNIT


def test_taking_for_three_channels_is_one_write_and_no_read(table: Table) -> None:
    allowances = Allowances(UsageRows(table, os.urandom), SpendingRows(table, os.urandom))
    wanted = {channel: Wanted(cap=DEFAULT_CAP, cost=1) for channel in CHANNELS}
    with requests_of(table) as made:
        assert allowances.take(a_state(), wanted, (), Usage(), NOW) == {}
    assert [list(request["Item"]) != [] for request in made] == [True]


def test_a_budget_is_one_write_more(table: Table) -> None:
    allowances = Allowances(UsageRows(table, os.urandom), SpendingRows(table, os.urandom))
    with requests_of(table) as made:
        allowances.take(a_state(), {Channel.EMAIL: Wanted(cap=Cap(hour=1), cost=1)}, [DAILY, MONTHLY], Usage(), NOW)
    assert ["Item" in request for request in made] == [False, False, True]


def an_id(number: int) -> NotificationId:
    return NotificationId(derived_id("notification", str(number)))
