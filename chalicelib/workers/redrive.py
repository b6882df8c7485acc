"""Redrive queue → what a stream reader could not handle is tried again, one record at a time, then dead-lettered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from chalice.app import Blueprint

from chalicelib.workers.batches import PartialBatch, Record, handle_each
from chalicelib.workers.outbox import forward
from chalicelib.workers.project import emit

workers = Blueprint(__name__)

READERS: Final[Mapping[str, Callable[[Sequence[Record]], list[Record]]]] = {"outbox": forward, "project": emit}


class _SetAside(msgspec.Struct, frozen=True):
    reader: str
    record: dict[str, Any]


@workers.lambda_function(name="redrive")
def redrive(event: Mapping[str, Any], context: object) -> PartialBatch:
    """Hand each record to its reader again."""
    return handle_each(event, _again, workers=1)


def _again(message: Record) -> bool:
    set_aside = msgspec.json.decode(message["body"], type=_SetAside)
    return not READERS[set_aside.reader]([set_aside.record])
