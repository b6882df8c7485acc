"""Batches of queue messages and of stream records: one that cannot be handled does not hold up its neighbors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypedDict

from chalicelib.observability import logger
from chalicelib.services.concurrently import concurrently

Record = Mapping[str, Any]
SECOND: Final = 1_000


class ItemFailure(TypedDict):
    """A message that stays in its queue."""

    itemIdentifier: str


class PartialBatch(TypedDict):
    """What a queue worker answers: the messages to keep (`ReportBatchItemFailures`)."""

    batchItemFailures: list[ItemFailure]


def failures_of(records: Sequence[Record]) -> PartialBatch:
    """Return the answer that keeps `records` in their queue."""
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def handle_each(event: Mapping[str, Any], handle: Callable[[Record], bool], workers: int) -> PartialBatch:
    """Call `handle` for each message of a batch, `workers` at a time, and answer with those it left undone.

    A message is undone when `handle` returns False or raises; what it raises is logged, not thrown, so that the rest
    of the batch is still deleted. After its last permitted receive the queue moves such a message to its DLQ.
    """
    records = event["Records"]
    done = concurrently(lambda record: _handled(record, handle), records, workers)
    return failures_of([record for record, is_done in zip(records, done, strict=True) if not is_done])


def _handled(record: Record, handle: Callable[[Record], bool]) -> bool:
    try:
        return handle(record)
    except Exception:  # noqa: BLE001 — the boundary of one message: its failure is logged and answered, never spread
        logger.exception("A message could not be handled", extra={"message_id": record.get("messageId")})
        return False
