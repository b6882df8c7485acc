import json

import pytest

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, TenantId, derived_id
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.words import Channel
from chalicelib.services.project import Change, Project
from tests.build import ACME, NOW, a_delivery, a_state
from tests.fakes import FakeBus

BETA = TenantId("beta")
SENT = {Channel.EMAIL: a_delivery(DeliveryStatus.SENT)}


def sent(number: int, tenant: TenantId = ACME) -> Change:
    id = NotificationId(derived_id(str(number)))
    return Change(old=a_state(tenant=tenant, id=id), new=a_state(SENT, tenant=tenant, id=id), at=NOW)


def test_changes_of_one_tenant_share_an_event_and_tenants_never_do() -> None:
    bus = FakeBus()

    Project(bus, lambda tenant: EventMode.PACKED)([sent(1), sent(2, BETA), sent(3)])

    told = {event.tenant: json.loads(event.detail) for event in bus.events}
    assert {tenant: len(detail["data"]["notifications"]) for tenant, detail in told.items()} == {ACME: 2, BETA: 1}
    assert all(detail["tenantId"] == tenant for tenant, detail in told.items())


def test_a_tenant_may_want_one_event_each() -> None:
    bus = FakeBus()

    Project(bus, lambda tenant: EventMode.SINGLE)([sent(1), sent(2)])

    assert len(bus.events) == 2


def test_the_same_changes_make_the_same_events() -> None:
    first, again = FakeBus(), FakeBus()

    for bus in (first, again):
        Project(bus, lambda tenant: EventMode.PACKED)([sent(1), sent(2)])

    assert first.events == again.events


def test_a_bus_that_does_not_take_all_is_an_error() -> None:
    with pytest.raises(OSError, match="1 events"):
        Project(FakeBus(broken=True), lambda tenant: EventMode.PACKED)([sent(1)])
