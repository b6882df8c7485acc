"""What owners do to their notifications: each rule a pure function from one state to the next."""

from msgspec.structs import replace

from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis


def is_of(owner: Recipient, state: NotificationState) -> bool:
    """Tell whether a notification lies in the owner's inbox: it is theirs and they did not delete it."""
    theirs = (state.user_type, state.user_id) == (owner.user_type, owner.user_id)
    return theirs and state.deleted_at is None


def read(state: NotificationState, now: Millis) -> NotificationState:
    """Return the state marked read; the first time counts."""
    return replace(state, read_at=state.read_at or now)


def unread(state: NotificationState) -> NotificationState:
    """Return the state with `read` undone."""
    return replace(state, read_at=None)


def acknowledged(state: NotificationState, now: Millis) -> NotificationState:
    """Return the state marked acknowledged, which counts as read; the first time counts."""
    return replace(state, acknowledged_at=state.acknowledged_at or now, read_at=state.read_at or now)


def archived(state: NotificationState, now: Millis) -> NotificationState:
    """Return the state marked archived; the first time counts."""
    return replace(state, archived_at=state.archived_at or now)


def deleted(state: NotificationState, now: Millis) -> NotificationState:
    """Return the state with its tombstone: nobody but support sees it any more."""
    return replace(state, deleted_at=now)
