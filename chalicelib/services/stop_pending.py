"""Stopping: what was cancelled or read, and waits in a queue, ends at once and visibly, not when its message comes."""

from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.stopping import change_of_stopped
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, RefusedChangeError, States


def stop_pending(states: States, state: NotificationState, now: Millis) -> NotificationState:
    """End every delivery of a notification that may no longer be made; return the state after it.

    A delivery in a worker's hands is left to that worker.
    """
    for channel in state.deliveries:
        if claimable(state, channel, now) is Claim.STOPPED:
            state = _stop(states, state, channel, now)
    return state


def _stop(states: States, state: NotificationState, channel: Channel, now: Millis) -> NotificationState:
    ref = NotificationRef(state.tenant, state.id)
    try:
        return states.change(ref, channel, change_of_stopped(state, channel, now))
    except RefusedChangeError as refused:
        return refused.state or state
