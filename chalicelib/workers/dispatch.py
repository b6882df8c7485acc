"""Dispatch queue → decision → topic."""

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
    """Decide each notification of a batch, then publish the decisions together.

    Dying in between is harmless: the messages come again, the stored decisions are found and published.
    """
    use_case = bootstrap.dispatch()
    decided: dict[str, NotificationState] = {}

    def decide(record: Record) -> bool:
        ref = decode(record["body"]).notification
        with tenant_scope(ref.tenant):
            decided[record["messageId"]] = use_case.decide(ref, bootstrap.now())
        return True

    undecided = handle_each(event, decide, CONCURRENT_DECISIONS)
    refused = set(use_case.publish(list(decided.values())))
    unpublished = [record for record in event["Records"] if _ref_of(decided.get(record["messageId"])) in refused]
    return {"batchItemFailures": undecided["batchItemFailures"] + failures_of(unpublished)["batchItemFailures"]}


def _ref_of(state: NotificationState | None) -> NotificationRef | None:
    return NotificationRef(state.tenant, state.id) if state else None
