"""Stopping: what was cancelled or read, and waits in a queue, ends at once and visibly, not when its message comes."""

from msgspec.structs import replace

from chalicelib.domain.state import Claim, NotificationState, claimable, stop_reason
from chalicelib.domain.stopping import change_of_stopped
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, RefusedChangeError, States


def stop_pending(states: States, state: NotificationState, now: Millis) -> NotificationState:
    """End every delivery of a notification that may no longer be made, and every relay; return the state after it.

    A delivery in a worker's hands is left to that worker.
    """
    for channel in state.deliveries:
        if claimable(state, channel, now) is Claim.STOPPED:
            state = _stop(states, state, channel, now)
    while stop_reason(state, now) is not None and not all(relay.ended for relay in state.relays):
        state = _end_relays(states, state)
    return state


def _end_relays(states: States, state: NotificationState) -> NotificationState:
    ended = tuple(replace(relay, ended=True) for relay in state.relays)
    try:
        return states.relay(NotificationRef(state.tenant, state.id), state.relays, ended)
    except RefusedChangeError as refused:
        return refused.state or replace(state, relays=ended)


def _stop(states: States, state: NotificationState, channel: Channel, now: Millis) -> NotificationState:
    ref = NotificationRef(state.tenant, state.id)
    try:
        return states.change(ref, channel, change_of_stopped(state, channel, now))
    except RefusedChangeError as refused:
        return refused.state or state
