"""Notifications for the services that sent them: cancel, look up."""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.path import notification_id
from chalicelib.api.route import Routes
from chalicelib.api.services_answers import CancelBody, SentNotification, Tracking
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import Fault, InvalidInputError, NotFoundError
from chalicelib.services.notification import Notification
from chalicelib.services.ports import NotificationRef

routes = Routes(__name__, tag="Notifications")
NOTIFICATIONS: Final = "/api/v1/services/notifications"
ONE: Final = NOTIFICATIONS + "/{id}"


@routes.add(
    "POST",
    NOTIFICATIONS + "/cancel",
    needs=Permission.SEND,
    summary="Cancel what was not handed to a vendor yet",
    body=CancelBody,
    answer=Tracking,
    raises=(NotFoundError,),
)
def cancel_notification(call: Call, body: CancelBody) -> Tracking:
    """Cancel one notification. Once this answers, no vendor is called for it any more."""
    if body.id is None:
        raise InvalidInputError(faults=_cannot_cancel(body))
    bootstrap.cancel()(NotificationRef(call.tenant, body.id), call.now)
    return Tracking.of(bootstrap.find_notifications().get(call.tenant, body.id))


def _cannot_cancel(body: CancelBody) -> list[Fault]:
    named = {"cancellationKey": body.cancellation_key, "batchId": body.batch_id}
    wanted = [name for name, value in named.items() if value is not None]
    detail = "Cancelling by this is not available yet"
    faults = [Fault(pointer=f"/{name}", code="not_available", detail=detail) for name in wanted]
    return faults or [Fault(pointer="/id", code="required", detail="Say which notification to cancel")]


@routes.add(
    "GET",
    ONE,
    needs=Permission.READ,
    summary="Look at a notification",
    answer=SentNotification,
    raises=(NotFoundError,),
)
def get_notification(call: Call, id: str) -> SentNotification:
    """Answer what was sent and how it stands."""
    return SentNotification.of(_find(call, id))


@routes.add(
    "GET",
    ONE + "/status",
    needs=Permission.READ,
    summary="See how the deliveries of a notification stand",
    answer=Tracking,
    raises=(NotFoundError,),
)
def get_status(call: Call, id: str) -> Tracking:
    """Answer every delivery with its attempts."""
    return Tracking.of(_find(call, id))


def _find(call: Call, id: str) -> Notification:
    return bootstrap.find_notifications().get(call.tenant, notification_id(id))
