"""Dispatch queue → decision → topic. What comes due later comes back through this queue, too."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.state import NotificationState
from chalicelib.services.messages import decode
from chalicelib.services.ports import NotificationRef
from chalicelib.tenancy import tenant_scope
from chalicelib.workers.batches import PartialBatch, Record, failures_of, handle_each

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.dispatch)

CONCURRENT_DECISIONS = 10


@workers.lambda_function(name="dispatch")
def dispatch(event: Mapping[str, Any], context: object) -> PartialBatch:
    """Decide each notification of a batch, or release what has come due of it; then publish all of that together.

    Dying in between is harmless: the messages come again, the stored decisions are found and published.
    """
    # One time for the batch: what comes due after it was looked at must not be published before it was released.
    use_case, now = bootstrap.dispatch(), bootstrap.now()
    due: dict[str, NotificationState] = {}

    def handle(record: Record) -> bool:
        message = decode(record["body"])
        with tenant_scope(message.tenant):
            if message.digest is not None:
                bootstrap.digests().close(message.tenant, message.digest, now)
                return True
            state = use_case(message.notification, now, woken=message.woken)
        if state is not None:
            due[record["messageId"]] = state
        return True

    undone = handle_each(event, handle, CONCURRENT_DECISIONS)
    refused = set(use_case.publish(list(due.values()), now))
    unpublished = [record for record in event["Records"] if _ref_of(due.get(record["messageId"])) in refused]
    return {"batchItemFailures": undone["batchItemFailures"] + failures_of(unpublished)["batchItemFailures"]}


def _ref_of(state: NotificationState | None) -> NotificationRef | None:
    return NotificationRef(state.tenant, state.id) if state else None
