"""Table stream → dispatch queue: whatever was accepted is asked to be dispatched. Forwards keys, nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.app import Blueprint

from chalicelib import bootstrap
from chalicelib.observability import logger
from chalicelib.services.ports import NotificationRef
from chalicelib.workers.batches import Record
from chalicelib.workers.records import ForeignRecordError, keys_only, ref_of

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.queues)


@workers.lambda_function(name="outbox")
def outbox(event: Mapping[str, Any], context: object) -> None:
    """Forward the notifications of new requests; set records aside that cannot be forwarded.

    Raises only when they cannot even be set aside: then the stream hands out the whole batch again.
    """
    left = forward(event["Records"])
    if left:
        bootstrap.queues().redrive("outbox", [keys_only(record) for record in left])


def forward(records: Sequence[Record]) -> list[Record]:
    """Ask for the notifications of stream records to be dispatched; return the records that could not be."""
    records_of: dict[NotificationRef, Record] = {}
    left: list[Record] = []
    for record in records:
        try:
            records_of[ref_of(record)] = record
        except ForeignRecordError:
            logger.exception("A stream record names no notification")
            left.append(record)
    refused = bootstrap.queues().dispatch(list(records_of))
    return left + [records_of[ref] for ref in refused]
