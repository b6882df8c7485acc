"""The event bus (`services.ports.Bus`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

from chalicelib.aws.batches import BATCH, ROUNDS
from chalicelib.aws.clients import client
from chalicelib.domain.events import BusEvent

MAX_BYTES: Final = 240_000
"""Below the 256 KB that one PutEvents call may carry, with room for the envelopes."""


@dataclass(frozen=True, slots=True)
class AwsBus:
    """`services.ports.Bus` on EventBridge."""

    name: str

    def put(self, events: Sequence[BusEvent]) -> list[BusEvent]:
        """Put events on the bus, several a call, the refused ones again; return those it kept refusing."""
        left = list(events)
        for _ in range(ROUNDS):
            left = [event for batch in _batches(left) for event in self._refused(batch)]
        return left

    def _refused(self, batch: list[BusEvent]) -> list[BusEvent]:
        answer = client("events").put_events(
            Entries=[
                {"Source": "herald", "DetailType": event.type, "Detail": event.detail, "EventBusName": self.name}
                for event in batch
            ]
        )
        return list(compress(batch, ["ErrorCode" in entry for entry in answer["Entries"]]))


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
