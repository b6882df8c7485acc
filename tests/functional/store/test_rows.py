"""What lies in the table: keys inside their tenant, rows that end, rows that cost one write unit."""

import os
from decimal import Decimal

import pytest
from msgspec.structs import replace

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.content import Content
from chalicelib.domain.delivery import Attempt, AttemptOutcome, DeliveryStatus
from chalicelib.domain.ids import ClientId, ProviderId, RequestId, TenantId, UserId, UserType
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.request import IdempotencyRecord
from chalicelib.domain.state import DeliveryChange, InFlight
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn, Strategy
from chalicelib.services.ports import Between, NotificationRef, RefusedChangeError
from chalicelib.store.audit import AuditRows
from chalicelib.store.idempotency import IdempotencyRows
from chalicelib.store.images import state_from_image
from chalicelib.store.providers import ProviderRows
from chalicelib.store.recipients import RecipientRows
from chalicelib.store.requests import RequestRows
from chalicelib.store.service_accounts import ServiceAccountRows
from chalicelib.store.states import StateRows
from chalicelib.store.sweep import SweepRows
from chalicelib.store.table import Raw, Table
from chalicelib.store.tenants import TenantRows
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_request, a_state, a_tenant
from tests.functional.store.wire import lagging, requests_of, scan

REF = NotificationRef(ACME, ID)
TTL = NOW // 1_000 + 86_400
WRITE_UNIT = 1_024
ANN = a_recipient(user_id=UserId("5f9c1c1e-6a0b-5c7e-9d55-9b7a3f4f1d10"))


def test_what_belongs_to_a_notification_ends_when_it_is_told_to(table: Table) -> None:
    states = StateRows(table, os.urandom)
    RequestRows(table).put(a_request(), TTL)
    states.put(a_state({Channel.IN_APP: a_delivery(providers=())}), TTL)
    states.deliver_in_app(REF, NOW)
    assert {row["SK"]["S"].split("#")[0]: ttl_of(row) for row in scan(table)} == {"R": TTL, "N": TTL, "UNREAD": TTL}
    states.read(REF, a_recipient(), NOW)
    states.unread(REF, a_recipient())
    assert {ttl_of(row) for row in scan(table)} == {TTL}


def test_what_waits_for_its_time_is_kept_until_then_and_no_shorter(table: Table) -> None:
    requests, states = RequestRows(table), StateRows(table, os.urandom)
    requests.keep(REF, TTL)
    assert scan(table) == [], "nothing is made of what is gone"
    requests.put(a_request(), TTL)
    states.put(a_state(), TTL)

    requests.keep(REF, TTL + 7)
    requests.keep(REF, TTL)

    assert {row["SK"]["S"]: ttl_of(row) for row in scan(table)} == {"R": TTL + 7, "N": TTL + 7}
    assert (requests.get(ACME, REF.id), states.get(ACME, REF.id)) == (a_request(), a_state())


def test_records_and_audit_entries_end_by_themselves(table: Table) -> None:
    record = IdempotencyRecord(route="r", key="k", body_hash="h", request_id=RequestId("1"), count=1, accepted_at=NOW)
    IdempotencyRows(table).begin(ACME, record, NOW)
    AuditRows(table).add(AuditEntry(id="e", tenant=ACME, at=NOW, actor="a", action="b", target="c"))
    days = {row["PK"]["S"].split("#")[2]: (ttl_of(row) - NOW // 1_000) / 86_400 for row in scan(table)}
    assert days == {"I": 2, "A": 400}


def test_what_is_configured_stays(table: Table) -> None:
    configure(table)
    assert all("ttl" not in row for row in scan(table))


def test_every_row_says_of_which_kind_and_layout_it_is(table: Table) -> None:
    configure(table)
    RequestRows(table).put(a_request(), TTL)
    StateRows(table, os.urandom).put(a_state(), TTL)
    assert all(row["k"]["S"] and row["z"] == {"N": "1"} for row in scan(table))


def test_every_key_of_every_request_is_inside_its_tenant(table: Table) -> None:
    states, requests, span = StateRows(table, os.urandom), RequestRows(table), Between(NOW, Millis(NOW + 1))
    with requests_of(table) as made:
        requests.put(a_request(), TTL)
        requests.get_many(ACME, [ID])
        requests.of_tenant(ACME, span, 10, None)
        requests.of_user(ACME, ANN.user_type, ANN.user_id, span, 10, None)
        states.put(a_state({Channel.IN_APP: a_delivery(providers=())}), TTL)
        states.deliver_in_app(REF, NOW)
        states.read(REF, a_recipient(), NOW)
        states.list_unread(ACME, ANN.user_type, ANN.user_id, 10, None)
        AuditRows(table).list(ACME, span, 10, None)
    keys = [key for request in made for key in partitions_in(request)]
    assert len(keys) > len(made) / 2
    assert all(key.startswith("T#acme#") for key in keys)


def test_a_key_is_not_made_of_any_text(table: Table) -> None:
    with pytest.raises(TypeError):
        RequestRows(table).get("acme", ID)  # type: ignore[arg-type]


def test_a_state_with_three_channels_and_two_attempts_each_costs_one_write_unit(table: Table) -> None:
    states = StateRows(table, os.urandom)
    plan = (ProviderId("primary-provider"), ProviderId("fallback-provider"))
    channels = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
    state = a_state(
        {channel: a_delivery(providers=plan) for channel in channels},
        tenant=ACME,
        user_id=ANN.user_id,
        strategy=Strategy.ESCALATION,
        stop_on=StopOn.READ,
        expires_at=NOW,
        type="order.confirmed",
    )
    states.put(replace(state, expires_at=Millis(NOW + 10**9)), TTL)
    for channel in channels:
        states.claim(REF, channel, NOW, NOW)
        states.change(REF, channel, a_refusal())
        states.claim(REF, channel, NOW, NOW)
        states.change(REF, channel, an_acceptance())
    states.read(REF, ANN, NOW)
    (row,) = scan(table)
    assert size_of(row) <= WRITE_UNIT


def test_a_common_request_costs_one_write_unit(table: Table) -> None:
    request = a_request(
        recipient=replace(ANN, phone=None, device_tokens=()),
        content=Content(subject="Your order 42 is confirmed", body="x" * 250),
        type="order.confirmed",
        metadata={"orderId": "42"},
        sent_by="service:1h57kf5cpq17m0eml12EXAMPLE",
        correlation_id=ID,
    )
    RequestRows(table).put(request, TTL)
    (row,) = scan(table)
    assert size_of(row) <= WRITE_UNIT


def test_the_image_of_a_row_tells_its_state(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state(), TTL)
    claimed = states.claim(REF, Channel.EMAIL, NOW, Millis(NOW + 1))
    (row,) = scan(table)
    assert state_from_image(row) == claimed


def test_the_image_of_another_row_tells_none(table: Table) -> None:
    RequestRows(table).put(a_request(), TTL)
    (row,) = scan(table)
    with pytest.raises(ValueError, match="Cannot instantiate"):
        state_from_image(row)


def test_a_mark_too_many_is_removed_by_the_next_delivery(table: Table) -> None:
    """As a crash between the mark and the state leaves it."""
    states = StateRows(table, os.urandom)
    states.put(a_state({Channel.IN_APP: a_delivery(providers=())}), TTL)
    states.deliver_in_app(REF, NOW)
    mark = next(row for row in scan(table) if row["SK"]["S"].startswith("UNREAD"))
    states.read(REF, a_recipient(), NOW)
    table._connection.client._make_api_call("PutItem", {"TableName": table.name, "Item": mark})
    with pytest.raises(RefusedChangeError):
        states.deliver_in_app(REF, NOW)
    assert states.count_unread(ACME, UserType("customer"), UserId("u1")) == 0


def configure(table: Table) -> None:
    TenantRows(table).create(a_tenant())
    ProviderRows(table).create(ACME, ProviderConfig(id=ProviderId("p"), channel=Channel.EMAIL, vendor="smtp"))
    RecipientRows(table).put(ACME, ANN)
    SweepRows(table).advance(ACME, NOW)
    account = ServiceAccount(client_id=ClientId("c"), name="c", tenants=(TenantId("acme"),), scopes=(), created_at=NOW)
    ServiceAccountRows(table).create(account)


def a_refusal() -> DeliveryChange:
    return DeliveryChange(
        attempt=1,
        status=DeliveryStatus.SENDING,
        at=NOW,
        in_flight=InFlight.YES,
        record=Attempt(
            number=1,
            provider=ProviderId("primary-provider"),
            at=NOW,
            outcome=AttemptOutcome.RETRIABLE,
            code="service_unavailable",
        ),
        provider=1,
        tries=0,
        not_before=NOW,
    )


def an_acceptance() -> DeliveryChange:
    vendor_id = "0100018f3c2a5b7e-1d2c3b4a-5f6e-7a8b-9c0d-1e2f3a4b5c6d-000000"
    record = Attempt(
        number=2,
        provider=ProviderId("fallback-provider"),
        at=NOW,
        outcome=AttemptOutcome.ACCEPTED,
        vendor_id=vendor_id,
    )
    return DeliveryChange(attempt=2, status=DeliveryStatus.SENT, at=NOW, record=record)


def ttl_of(row: Raw) -> int:
    return int(row["ttl"]["N"])


def partitions_in(request: Raw) -> list[str]:
    found: list[str] = []
    for name, value in request.items():
        if name in ("PK", "GSI1PK", "GSI2PK"):
            found.append(value["S"])
        elif name == "ExpressionAttributeValues" and "KeyConditionExpression" in request:
            found += [text["S"] for text in value.values() if text["S"].startswith("T#")]
        elif isinstance(value, dict):
            found += partitions_in(value)
        elif isinstance(value, list):
            found += [key for each in value if isinstance(each, dict) for key in partitions_in(each)]
    return found


def size_of(row: Raw) -> int:
    """Return the bytes that DynamoDB counts.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _size(value) for name, value in row.items())


def _size(value: Raw) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return (len(Decimal(content).as_tuple().digits) + 1) // 2 + 1
        case "B":
            return len(content)
        case "BOOL":
            return 1
        case "L":
            return 3 + sum(1 + _size(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in content.items())
    raise AssertionError(kind)


def test_a_request_is_read_at_half_the_price_unless_it_is_not_found(table: Table) -> None:
    requests = RequestRows(table)
    requests.put(a_request(), TTL)
    with requests_of(table) as made:
        assert requests.get(ACME, ID) == a_request()
    assert [request["ConsistentRead"] for request in made] == [False]


def test_a_request_that_a_copy_of_the_table_lacks_is_found_all_the_same(table: Table) -> None:
    requests = RequestRows(table)
    requests.put(a_request(), TTL)
    with lagging(table), requests_of(table) as made:
        assert requests.get(ACME, ID) == a_request()
    assert [request["ConsistentRead"] for request in made] == [False, True]
