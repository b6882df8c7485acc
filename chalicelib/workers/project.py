"""Table stream → event bus: what changed in the states is told to the outside world."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.app import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.value import Millis
from chalicelib.observability import logger
from chalicelib.services.project import Change
from chalicelib.workers.batches import Record

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.project)


@workers.lambda_function(name="project")
def project(event: Mapping[str, Any], context: object) -> None:
    """Emit the events of a batch of changes; set records aside whose events cannot be emitted.

    Raises only when they cannot even be set aside: then the stream hands out the whole batch again.
    """
    left = emit(event["Records"])
    if left:
        bootstrap.queues().redrive("project", left)


def emit(records: Sequence[Record]) -> list[Record]:
    """Emit the events of stream records; return the records whose events may be missing."""
    changes: list[Change] = []
    readable: list[Record] = []
    unreadable: list[Record] = []
    for record in records:
        try:
            changes.append(_change(record))
            readable.append(record)
        except (KeyError, TypeError, ValueError, AttributeError):
            logger.exception("A stream record is not a notification's state")
            unreadable.append(record)
    try:
        bootstrap.project()(changes)
    except OSError:
        # Ids are deterministic: emitting the whole batch again does no harm.
        logger.exception("The bus did not take all events")
        return [*unreadable, *readable]
    return unreadable


def _change(record: Record) -> Change:
    told = record["dynamodb"]
    old = bootstrap.state_from_image(told["OldImage"]) if "OldImage" in told else None
    at = Millis(int(float(told["ApproximateCreationDateTime"]) * 1_000))
    return Change(old=old, new=bootstrap.state_from_image(told["NewImage"]), at=at)
