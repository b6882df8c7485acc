"""Withdrawing: who is on duty need not be asked any more, so what waits to go out to them is cancelled."""

from collections.abc import Callable

from chalicelib.domain.delivery import OPEN
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.relays import children
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.services.ports import NotificationRef, States

CancelOne = Callable[[NotificationRef, Millis], NotificationState]
"""Cancels a notification by its id; raises NotFoundError when there is none."""


def withdraw(states: States, cancel: CancelOne, parent: NotificationState, now: Millis) -> None:
    """Cancel the children of a notification that wait to go out, decided or not. Those that went out stay as they are.

    A child that is put after this looked is cancelled by who put it: they look at the parent once more.
    """
    ids = tuple(children(parent))
    found = states.get_many(parent.tenant, ids) if ids else {}
    for id in ids:
        if id in found and not _waits(found[id]):
            continue
        try:
            cancel(NotificationRef(parent.tenant, id), now)
        except NotFoundError:
            continue  # Nobody was asked at that position.


def _waits(state: NotificationState) -> bool:
    return any(delivery.status in OPEN for delivery in state.deliveries.values())
