"""Deliveries lie in a row under short names and come out as they went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.domain.delivery import Attempt, AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.store.attributes import ATTEMPT_NAMES, DELIVERY_NAMES, TOKEN, DeliveriesAttribute

ATTRIBUTE = DeliveriesAttribute(attr_name="d")
names = some.text(max_size=8).map(ProviderId)
times = some.integers(min_value=0, max_value=2**53).map(Millis)
counts = some.integers(min_value=0, max_value=99)
attempts = some.builds(
    Attempt,
    number=counts,
    provider=names,
    at=times,
    outcome=some.sampled_from(AttemptOutcome),
    vendor_id=some.none() | some.text(max_size=8),
    code=some.none() | some.text(max_size=8),
    segments=some.none() | counts,
)
deliveries = some.builds(
    Delivery,
    status=some.sampled_from(DeliveryStatus),
    providers=some.lists(names, max_size=3).map(tuple),
    provider=counts,
    tries=counts,
    attempt=counts,
    epoch=counts,
    lease=some.none() | times,
    not_before=some.none() | times,
    reason=some.none() | some.sampled_from(Reason),
    sent_at=some.none() | times,
    delivered_at=some.none() | times,
    attempts=some.lists(attempts, max_size=3).map(tuple),
)


@given(stored=some.dictionaries(some.sampled_from(Channel), deliveries))
def test_deliveries_come_out_as_they_went_in(stored: dict[Channel, Delivery]) -> None:
    assert ATTRIBUTE.deserialize(ATTRIBUTE.serialize(stored)) == stored


@pytest.mark.parametrize(("kind", "short"), [(Delivery, DELIVERY_NAMES), (Attempt, ATTEMPT_NAMES)])
def test_every_field_has_a_short_name_of_its_own(kind: type[Delivery | Attempt], short: dict[str, str]) -> None:
    assert set(short) == set(kind.__struct_encode_fields__)
    assert len({*short.values(), TOKEN}) == len(short) + (kind is Delivery)


def test_what_a_later_layout_adds_is_passed_over() -> None:
    row = {"email": {"M": {"s": {"S": "queued"}, "future": {"S": "?"}}}}
    assert ATTRIBUTE.deserialize(row) == {Channel.EMAIL: Delivery(status=DeliveryStatus.QUEUED)}


@pytest.mark.parametrize("typed", [{"NULL": True}, {"B": b""}])
def test_what_no_delivery_holds_is_not_read(typed: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        ATTRIBUTE.deserialize({"email": {"M": {"s": typed}}})


def test_what_no_row_holds_is_not_written() -> None:
    with pytest.raises(TypeError):
        ATTRIBUTE.serialize({Channel.EMAIL: Delivery(status=DeliveryStatus.QUEUED, tries=0.5)})  # type: ignore[arg-type]
