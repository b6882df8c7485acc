"""What a background costs, and what of it may lag."""

import os

from chalicelib.domain.allowance import Taking, Usage, mark_of
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import RequestId
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.words import Channel
from chalicelib.store import access_patterns as keys
from chalicelib.store.backgrounds import BackgroundRows
from chalicelib.store.cancelled_groups import CancelledGroupRows
from chalicelib.store.models import DocumentItem
from chalicelib.store.packing import pack
from chalicelib.store.table import Raw, Table
from chalicelib.store.usages import UsageRows
from tests.build import ACME, ID, NOW, a_recipient, a_request
from tests.functional.store.wire import requests_of, scan

ANN = a_recipient()
WHO = (ANN.user_type, ANN.user_id)
ADDRESSES = {Channel.EMAIL: "ann@example.com", Channel.SMS: "+14155550100"}
ALONE = a_request()
GROUPED = a_request(cancellation_key="order-42", batch=RequestId("b"))
TTL = NOW // 1_000 + 86_400
WRITE_UNIT = 1_024


def asked(made: list[Raw], table: Table) -> list[tuple[bool, set[str]]]:
    """Return of each request whether it was a consistent read, and the sort keys it asked for."""
    batches = [request["RequestItems"][table.name] for request in made]
    return [(batch["ConsistentRead"], {key["SK"]["S"] for key in batch["Keys"]}) for batch in batches]


def kinds(sort_keys: set[str]) -> set[str]:
    return {"address" if len(key) == 64 else key for key in sort_keys}


def test_deciding_on_a_notification_of_no_group_is_one_read_that_may_lag(table: Table) -> None:
    with requests_of(table) as made:
        BackgroundRows(table).when_deciding(ALONE, ADDRESSES)
    ((consistent, found),) = asked(made, table)
    assert (consistent, kinds(found), len(found)) == (False, {"PREFS", "USAGE", "address"}, 4)


def test_what_is_said_of_groups_is_read_consistently_also_when_deciding(table: Table) -> None:
    with requests_of(table) as made:
        BackgroundRows(table).when_deciding(GROUPED, {})
    assert asked(made, table) == [(False, {"PREFS", "USAGE"}), (True, {"X"})]
    assert len(made[1]["RequestItems"][table.name]["Keys"]) == 2


def test_before_a_call_all_is_read_consistently_at_once(table: Table) -> None:
    with requests_of(table) as made:
        BackgroundRows(table).when_sending(GROUPED, {Channel.EMAIL: "ann@example.com"})
    ((consistent, found),) = asked(made, table)
    assert (consistent, kinds(found)) == (True, {"PREFS", "address", "X"})


def test_what_a_person_chose_and_was_sent_is_found(table: Table) -> None:
    chosen = Preferences(channels={Channel.SMS: False}, version=3)
    used = Usage(taken={Channel.EMAIL: (Taking(mark=mark_of(ID), at=NOW),)}, version=1)
    table.put(DocumentItem(*keys.preferences(ACME, *WHO), version=3, body=pack(chosen)))
    UsageRows(table, os.urandom).put(ACME, *WHO, used, TTL)

    deciding = BackgroundRows(table).when_deciding(ALONE, ADDRESSES)
    sending = BackgroundRows(table).when_sending(ALONE, ADDRESSES)

    assert (deciding.preferences, deciding.usage) == (chosen, used)
    assert (sending.preferences, sending.usage) == (chosen, Usage())


def test_what_is_said_of_a_group_ends_when_it_is_told_to(table: Table) -> None:
    groups, group = CancelledGroupRows(table), CancelGroup("key", "order-42")
    groups.add(ACME, group, [ID], "r", TTL)
    groups.cancel(ACME, group, NOW, TTL)
    assert [row["ttl"]["N"] for row in scan(table)] == [str(TTL)] * 2


def test_a_hundred_members_take_two_write_units(table: Table) -> None:
    CancelledGroupRows(table).add(ACME, CancelGroup("batch", ID), [ID] * 100, ID, TTL)
    (row,) = scan(table)
    assert len(row["ids"]["B"]) == 1_600
    assert size_of(row) <= 2 * WRITE_UNIT


def size_of(row: Raw) -> int:
    """Return the bytes of a row as DynamoDB counts them, about: names and values."""
    return sum(len(name) + len(next(iter(value.values()))) for name, value in row.items())
