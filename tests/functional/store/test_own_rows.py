"""The table reads and writes only rows of the tenant that the code acts for, and of the platform."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.ids import ClientId, TenantId
from chalicelib.domain.timer import SHARDS, Due, DueKind
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import FEED, Key, Rows
from chalicelib.store.models import DueItem, RequestItem, StateItem, UnreadItem
from chalicelib.store.table import Table
from chalicelib.tenancy import ForeignTenantError, tenant_scope
from tests.build import ACME, ID, a_recipient
from tests.functional.store.wire import requests_of, scan

EVE = TenantId("eve")
WHO = (a_recipient().user_type, a_recipient().user_id)
EXISTS = StateItem.pk.exists()
SET = [StateItem.version.set(2)]

Call = Callable[[Table, TenantId], Any]


def row(tenant: TenantId) -> UnreadItem:
    """Return a row of a tenant."""
    return UnreadItem(*keys.unread(tenant, *WHO, "moment"), ttl=1)


def listed_row(tenant: TenantId, feed: TenantId, listing: TenantId) -> RequestItem:
    """Return a row of a tenant that is listed somewhere."""
    return RequestItem(
        *keys.request(tenant, ID),
        feed=keys.feed(feed, *WHO),
        feed_moment="m",
        listing=keys.listing(listing, 1, 1),
        listing_moment="m",
        body="{}",
    )


def coming(tenant: TenantId) -> Key:
    """Return the key of something of a tenant's that comes due."""
    return keys.due(1, Due(tenant=tenant, kind=DueKind.NOTIFICATION, id=ID))


CALLS: dict[str, Call] = {
    "put": lambda table, tenant: table.put(row(tenant)),
    "put, listed in a user's feed": lambda table, tenant: table.put(listed_row(ACME, tenant, ACME)),
    "put, listed in a tenant's hour": lambda table, tenant: table.put(listed_row(ACME, ACME, tenant)),
    "update": lambda table, tenant: table.update(keys.state(tenant, ID), SET, EXISTS | StateItem.pk.does_not_exist()),
    "delete": lambda table, tenant: table.delete(keys.state(tenant, ID)),
    "delete_many": lambda table, tenant: table.delete_many([keys.request(ACME, ID), keys.state(tenant, ID)]),
    "put, what comes due": lambda table, tenant: table.put(DueItem(*coming(tenant))),
    "get, what comes due": lambda table, tenant: table.get(DueItem, coming(tenant)),
    "get": lambda table, tenant: table.get(StateItem, keys.state(tenant, ID)),
    "get_many": lambda table, tenant: list(table.get_many(StateItem, [keys.state(ACME, ID), keys.request(tenant, ID)])),
    "query": lambda table, tenant: list(table.query(keys.all_providers(tenant))),
    "query of an index": lambda table, tenant: list(table.query(Rows(keys.feed(tenant, *WHO), "0", "9"), index=FEED)),
    "count": lambda table, tenant: table.count(keys.all_unread(tenant, *WHO)),
    "transact, a put": lambda table, tenant: table.transact(puts=[(row(ACME), None), (row(tenant), None)]),
    "transact, an update": lambda table, tenant: table.transact(
        puts=[(row(ACME), None)], updates=[(keys.state(tenant, ID), SET, StateItem.pk.does_not_exist())]
    ),
    "transact, a delete": lambda table, tenant: table.transact(
        puts=[(listed_row(ACME, ACME, ACME), None)], deletes=[row(tenant).key]
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_another_tenants_rows_are_not_even_asked_for(table: Table, call: Call) -> None:
    with requests_of(table) as made, pytest.raises(ForeignTenantError):
        call(table, EVE)

    assert made == []
    assert scan(table) == []


@pytest.mark.parametrize("name", [name for name in CALLS if name != "transact, a put"])
def test_ones_own_are(table: Table, name: str) -> None:
    with requests_of(table) as made:
        CALLS[name](table, ACME)

    assert len(made) == 1


def test_who_acts_for_a_tenant_does_not_see_what_comes_due_to_all(table: Table) -> None:
    with pytest.raises(ForeignTenantError):
        list(table.query(keys.all_due(1, 0)))


def test_who_acts_for_nobody_does(nobodys: Table) -> None:
    for tenant in (ACME, EVE):
        with tenant_scope(tenant):
            nobodys.put(DueItem(*coming(tenant)))

    found = [row["SK"]["S"] for shard in range(SHARDS) for row in nobodys.query(keys.all_due(1, shard))]
    assert sorted(found) == sorted([coming(ACME).sk, coming(EVE).sk])

    nobodys.delete_many([coming(ACME), coming(EVE)])
    assert scan(nobodys) == []


def test_rows_of_the_platform_are_everybodys(table: Table) -> None:
    assert list(table.query(keys.all_registered())) == []
    assert table.get(StateItem, keys.service_account(ClientId("orders"))) is None


def test_a_key_of_another_shape_is_nobodys(table: Table) -> None:
    with pytest.raises(ValueError, match="not the partition of a tenant"):
        table.get(StateItem, Key("acme", "N"))


def test_every_method_is_tried() -> None:
    methods = {name for name, _ in inspect.getmembers(Table, inspect.isfunction) if not name.startswith("_")}
    assert methods == {name.partition(",")[0].partition(" ")[0] for name in CALLS}
