"""What a tenant wants to know of what becomes of its e-mails, and what a link in one says."""

from typing import Final

import msgspec

from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.value import Value


class Tracking(Value, frozen=True):
    """Whether it is told when an e-mail is opened and when a link in it is followed. With `count_as_read` either counts
    as if the recipient had read the notification in their inbox.
    """

    opens: bool = False
    clicks: bool = False
    count_as_read: bool = False


NO_TRACKING: Final = Tracking()


class TrackedMail(msgspec.Struct, frozen=True):
    """The e-mail of a notification that was opened."""

    tenant: TenantId
    notification: NotificationId


class TrackedLink(msgspec.Struct, frozen=True):
    """A link in the e-mail of a notification, and where it leads: an http(s) address in ASCII."""

    mail: TrackedMail
    target: str
