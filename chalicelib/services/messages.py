"""The body of every queue message: which notification of which tenant, and nothing of its content."""

import msgspec

from chalicelib.domain.ids import TenantId, parse_notification_id
from chalicelib.domain.wire import prepared, to_json
from chalicelib.services.ports import NotificationRef


class ForeignMessageError(ValueError):
    """A message in a queue that none of Herald's steps has written."""


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    tenant: str
    id: str
    epoch: int = 0


def encode(ref: NotificationRef, epoch: int = 0) -> str:
    """Return the body of a message that names a notification, and the epoch a redriven one is to open."""
    body: dict[str, object] = {"v": 1, "tenant": ref.tenant, "id": ref.id}
    return to_json(body | ({"epoch": epoch} if epoch else {})).decode()


def decode(text: str) -> tuple[NotificationRef, int]:
    """Return the notification and the epoch that a message names.

    Raises
    ------
    ForeignMessageError
        The message is not one of ours.
    """
    try:
        body = msgspec.json.decode(text, type=prepared(_Body))
        return NotificationRef(TenantId(body.tenant), parse_notification_id(body.id)), body.epoch
    except ValueError as error:
        raise ForeignMessageError(str(error)) from error
