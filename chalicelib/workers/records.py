"""Records of the table's stream."""

from typing import Any

from chalicelib.domain.ids import TenantId, parse_notification_id
from chalicelib.services.ports import NotificationRef
from chalicelib.workers.batches import Record


class ForeignRecordError(ValueError):
    """A stream record that is not of a notification."""


def ref_of(record: Record) -> NotificationRef:
    """Return the notification that a stream record's key names; raises ForeignRecordError when it names none."""
    try:
        kind, tenant, rows, id = record["dynamodb"]["Keys"]["PK"]["S"].split("#")
        if (kind, rows) != ("T", "N"):
            raise ForeignRecordError(f"a row of another kind: {rows!r}")
        return NotificationRef(TenantId(tenant), parse_notification_id(id))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ForeignRecordError(str(error)) from error


def keys_only(record: Record) -> dict[str, Any]:
    """Return a record without its images: all that forwarding needs, and small enough for a queue."""
    return {
        "eventID": record.get("eventID"),
        "eventName": record.get("eventName"),
        "dynamodb": {"Keys": (record.get("dynamodb") or {}).get("Keys", {})},
    }
