"""The event bus (`services.ports.Bus`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

from chalicelib.aws.clients import client
from chalicelib.domain.events import BusEvent

BATCH: Final = 10
MAX_BYTES: Final = 240_000
"""Below the 256 KB that one PutEvents call may carry, with room for the envelopes."""


@dataclass(frozen=True, slots=True)
class AwsBus:
    """`services.ports.Bus` on EventBridge."""

    name: str

    def put(self, events: Sequence[BusEvent]) -> list[BusEvent]:
        """Put events on the bus, several a call; return those it refused."""
        refused: list[BusEvent] = []
        for batch in _batches(events):
            answer = client("events").put_events(
                Entries=[
                    {"Source": "herald", "DetailType": event.type, "Detail": event.detail, "EventBusName": self.name}
                    for event in batch
                ]
            )
            refused += compress(batch, ["ErrorCode" in entry for entry in answer["Entries"]])
        return refused


def _batches(events: Sequence[BusEvent]) -> list[list[BusEvent]]:
    batches: list[list[BusEvent]] = []
    size = 0
    for event in events:
        if not batches or len(batches[-1]) == BATCH or size + len(event.detail) > MAX_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(event)
        size += len(event.detail.encode())
    return batches
