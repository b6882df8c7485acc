"""Projecting: tell the outside world what changed in the states, packed and with deterministic ids."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.events import BusEvent, Occurrence, occurrences, pack
from chalicelib.domain.ids import TenantId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Bus


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a state, as the table's stream tells it."""

    old: NotificationState | None
    new: NotificationState
    at: Millis


@dataclass(frozen=True, slots=True)
class Project:
    """The use case: put the events of some changes on the bus."""

    bus: Bus
    mode_of: Callable[[TenantId], EventMode]
    """Tells how a tenant wants its events."""

    def __call__(self, changes: Sequence[Change]) -> None:
        """Emit the events of `changes`.

        Raises
        ------
        OSError
            The bus did not take all; emitting the same changes again emits the same events.
        """
        left = self.bus.put(self._events(changes))
        if left:
            raise OSError(f"the bus did not take {len(left)} events")

    def _events(self, changes: Sequence[Change]) -> list[BusEvent]:
        happened: dict[tuple[TenantId, str], list[Occurrence]] = defaultdict(list)
        for change in changes:
            for event_type, occurrence in occurrences(change.old, change.new, change.at):
                happened[change.new.tenant, event_type].append(occurrence)
        return [
            event
            for (tenant, event_type), group in happened.items()
            for event in pack(tenant, event_type, group, self.mode_of(tenant))
        ]
