import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.domain.delivery import Attempt, AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.events import EVENT_OF_STATUS, READ, occurrences, pack
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.words import Channel, Reason
from tests.build import ACME, NOW, a_delivery, a_state

EVENTS = Path(__file__).parents[3] / "events"
EVENT_TYPES = [*EVENT_OF_STATUS.values(), READ]


def validator(event_type: str) -> Draft202012Validator:
    schema = json.loads((EVENTS / f"{event_type}.schema.json").read_text())
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def ended(status: DeliveryStatus) -> Delivery:
    attempt = Attempt(number=1, provider=ProviderId("first"), at=NOW, outcome=AttemptOutcome.ACCEPTED, vendor_id="v")
    reason = Reason.REFUSED if status is DeliveryStatus.FAILED else None
    return a_delivery(status, attempt=1, attempts=(attempt,), reason=reason)


def emitted() -> list[tuple[str, dict[str, Any]]]:
    before = a_state(dict.fromkeys(Channel, a_delivery(DeliveryStatus.SCHEDULED)))
    happened = occurrences(before, a_state(read_at=NOW, type="order.shipped"), NOW)
    for status in EVENT_OF_STATUS:
        happened += occurrences(before, a_state(dict.fromkeys(Channel, ended(status))), NOW)
    return [
        (event.type, json.loads(event.detail))
        for event_type, occurrence in happened
        for event in pack(ACME, event_type, [occurrence], EventMode.PACKED)
    ]


def test_every_event_has_a_schema_and_an_example_and_nothing_else_lies_there() -> None:
    expected = {f"{event}.{kind}.json" for event in EVENT_TYPES for kind in ("schema", "example")}

    assert {path.name for path in EVENTS.glob("*.json")} == expected


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_the_schema_is_sound_and_its_example_fits(event_type: str) -> None:
    Draft202012Validator.check_schema(validator(event_type).schema)

    validator(event_type).validate(json.loads((EVENTS / f"{event_type}.example.json").read_text()))


def test_what_is_emitted_fits_the_schema_and_each_event_is_emitted() -> None:
    events = emitted()

    assert {event_type for event_type, _ in events} == set(EVENT_TYPES)
    for event_type, detail in events:
        validator(event_type).validate(detail)


def test_a_schema_refuses_another_shape() -> None:
    broken = json.loads((EVENTS / "notification.sent.example.json").read_text())
    broken["data"]["notifications"][0]["surprise"] = 1

    assert not validator("notification.sent").is_valid(broken)
