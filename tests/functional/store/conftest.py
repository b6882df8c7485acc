"""The table on moto."""

import uuid
from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.store.table import Table
from tests.store.stores import create_table, new_session


@pytest.fixture
def table() -> Iterator[Table]:
    """An empty table that waits for nothing."""
    with mock_aws():
        session = new_session()
        name = f"herald-{uuid.uuid4()}"
        create_table(session, name)
        yield Table(name, session, pause=lambda seconds: None)
