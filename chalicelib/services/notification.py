"""A notification as its readers see it: the request and what became of it, together."""

import msgspec

from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.inbox import is_of
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.status import NotificationStatus, shown_status
from chalicelib.domain.words import Channel


class Owner(msgspec.Struct, frozen=True):
    """The user of a tenant that notifications are addressed to."""

    tenant: TenantId
    user_type: UserType
    user_id: UserId

    def owns(self, state: NotificationState) -> bool:
        """Tell whether a notification is this user's, and not deleted."""
        return state.tenant == self.tenant and is_of(self.as_recipient(), state)

    def as_recipient(self) -> Recipient:
        """Return the user as the store asks for them."""
        return Recipient(user_type=self.user_type, user_id=self.user_id)


class Notification(msgspec.Struct, frozen=True):
    """A request and its state, None until it is decided."""

    request: NotificationRequest
    state: NotificationState | None

    @property
    def status(self) -> NotificationStatus:
        """The status to show."""
        waits = self.request.send_at is not None or self.request.send_at_local is not None
        return NotificationStatus.SCHEDULED if waits and self.state is None else shown_status(self.state)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that were decided, or, before that, those asked for (none: the tenant's defaults)."""
        return self.request.channels if self.state is None else tuple(self.state.deliveries)

    @property
    def weight(self) -> int:
        """About how many bytes it takes in an answer; what is small and bounded is rounded up."""
        content = self.request.content
        return len(content.body.encode()) + len((content.html or "").encode()) + 8_192
