"""Holding a worker up: what comes for it waits meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.deployed import function_name
from tests.e2e.conftest import Herald


@contextmanager
def paused(herald: Herald, mapping: str) -> Iterator[None]:
    """Keep an event source mapping (by its logical id) from feeding its worker until the end of the block."""
    functions = herald.stack.cloud.client("lambda")
    id = function_name("local", mapping, herald.stack.cloud)
    functions.update_event_source_mapping(UUID=id, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=id, Enabled=True)
