"""Which notifications of an inbox are wanted: all that is asked for stands in the state, no request need be read."""

from typing import Final

import msgspec

from chalicelib.domain.state import NotificationState
from chalicelib.domain.status import NotificationStatus, shown_status
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Between

ALWAYS: Final = Between(Millis(0), Millis(253_402_300_800_000))
"""From the epoch to the year 10000. Unlike "until now", it stays the same from one page to the next."""
WITHHELD: Final = frozenset(
    {
        NotificationStatus.SCHEDULED,
        NotificationStatus.SUPPRESSED,
        NotificationStatus.CANCELLED,
        NotificationStatus.EXPIRED,
    }
)
"""What is not out yet, or never went out, is no news to its recipient: it is listed only when asked for."""


class InboxFilter(msgspec.Struct, frozen=True):
    """What to look for; None admits all. `unread` is what the unread count counts: arrived in the inbox, not read."""

    span: Between = ALWAYS
    status: NotificationStatus | None = None
    unread: bool | None = None
    archived: bool | None = None
    channel: Channel | None = None
    category: str | None = None
    type: str | None = None

    def admits(self, state: NotificationState) -> bool:
        """Tell whether a notification is looked for."""
        answers = (
            self.status in (None, shown_status(state)),
            self.unread in (None, state.unread),
            self.archived in (None, state.archived_at is not None),
            self.channel is None or self.channel in state.deliveries,
            self.category in (None, state.category),
            self.type in (None, state.type),
        )
        return all(answers)

    def lists(self, state: NotificationState) -> bool:
        """Tell whether a notification belongs into a listing of what is looked for."""
        return self.admits(state) and (self.status is not None or shown_status(state) not in WITHHELD)
