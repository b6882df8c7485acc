"""Notifications for the services that sent them: cancel, look up."""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.path import notification_id
from chalicelib.api.route import Routes
from chalicelib.api.services_answers import CancelAnswer, CancelBody, CancelledGroup, SentNotification, Tracking
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import Fault, InvalidInputError, NotFoundError
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.value import Millis
from chalicelib.services.notification import Notification
from chalicelib.services.ports import NotificationRef

routes = Routes(__name__, tag="Notifications")
NOTIFICATIONS: Final = "/api/v1/services/notifications"
ONE: Final = NOTIFICATIONS + "/{id}"
PATIENCE: Final = 5_000
"""Milliseconds: how long a call goes on with the members of a group."""


@routes.add(
    "POST",
    NOTIFICATIONS + "/cancel",
    needs=Permission.SEND,
    summary="Cancel what was not handed to a vendor yet",
    body=CancelBody,
    answer=CancelAnswer,
    raises=(NotFoundError,),
)
def cancel_notification(call: Call, body: CancelBody) -> Tracking | CancelledGroup:
    """Cancel one notification, all of a cancellation key, or all of a batch.

    Once this answers, no vendor is called any more for what was accepted before.
    """
    _demand_one(body)
    if body.id is not None:
        bootstrap.cancel()(NotificationRef(call.tenant, body.id), call.now)
        return Tracking.of(bootstrap.find_notifications().get(call.tenant, body.id))
    key, batch = body.cancellation_key, body.batch_id
    group = CancelGroup("batch", batch or "") if key is None else CancelGroup("key", key)
    done = bootstrap.cancel_groups()(call.tenant, group, call.now, Millis(call.now + PATIENCE))
    return CancelledGroup(
        cancellation_key=key, batch_id=batch, cancelled=done.count, cancelled_at=done.at, complete=done.complete
    )


def _demand_one(body: CancelBody) -> None:
    named = {"id": body.id, "cancellationKey": body.cancellation_key, "batchId": body.batch_id}
    given = [name for name, value in named.items() if value is not None]
    if not given:
        raise InvalidInputError(faults=[Fault(pointer="/id", code="required", detail="Say what to cancel")])
    detail = "Cancel by one of id, cancellationKey and batchId at a time"
    faults = [Fault(pointer=f"/{name}", code="conflicting_fields", detail=detail) for name in given[1:]]
    if faults:
        raise InvalidInputError(faults=faults)


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
