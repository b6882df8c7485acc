"""The body of every queue message: which notification or digest of which tenant, and nothing of its content."""

import msgspec

from chalicelib.domain.ids import TenantId, parse_notification_id
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.wire import prepared, to_json
from chalicelib.services.ports import NotificationRef


class ForeignMessageError(ValueError):
    """A message in a queue that none of Herald's steps has written."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a message names: the notification `ref`, or the window `digest` whose time has come.

    `epoch` is the one that a redriven message opens. `woken`: a timer sent it, so it is not the notification's first.
    """

    tenant: TenantId
    ref: NotificationRef | None = None
    digest: str | None = None
    epoch: int = 0
    woken: bool = False

    @property
    def notification(self) -> NotificationRef:
        """The notification; raises ForeignMessageError where only notifications are to be named."""
        if self.ref is None:
            raise ForeignMessageError("names no notification")
        return self.ref


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    tenant: str
    id: str | None = None
    digest: str | None = None
    epoch: int = 0
    woken: bool = False


def encode(ref: NotificationRef, epoch: int = 0) -> str:
    """Return the body of a message that names a notification, and the epoch a redriven one is to open."""
    return _written(ref.tenant, {"id": ref.id} | ({"epoch": epoch} if epoch else {}))


def encode_woken(due: Due) -> str:
    """Return the body of a message that names what has come due.

    What only another version knows is named as well as can be. Nobody here reads that, so it ends in the dead-letter
    queue, from where it can be redriven, and holds up nothing that is due beside it.
    """
    match due.kind:
        case DueKind.NOTIFICATION:
            return _written(due.tenant, {"id": due.id, "woken": True})
        case DueKind.DIGEST:
            return _written(due.tenant, {"digest": due.id})
        case kind:
            return _written(due.tenant, {"kind": kind, "id": due.id})


def decode(text: str) -> Message:
    """Return what a message names.

    Raises
    ------
    ForeignMessageError
        The message is not one of ours.
    """
    try:
        body = msgspec.json.decode(text, type=prepared(_Body))
        tenant = TenantId(body.tenant)
        ref = None if body.id is None else NotificationRef(tenant, parse_notification_id(body.id))
    except ValueError as error:
        raise ForeignMessageError(str(error)) from error
    if (ref is None) == (not body.digest):
        raise ForeignMessageError("names not one thing")
    return Message(tenant=tenant, ref=ref, digest=body.digest, epoch=body.epoch, woken=body.woken)


def _written(tenant: TenantId, named: dict[str, object]) -> str:
    return to_json({"v": 1, "tenant": tenant} | named).decode()
