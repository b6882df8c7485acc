"""The table on moto."""

import uuid
from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.store.table import Table
from chalicelib.tenancy import tenant_scope
from tests.build import ACME
from tests.store.stores import create_table, new_session


@pytest.fixture
def nobodys() -> Iterator[Table]:
    """An empty table that waits for nothing, asked in nobody's name."""
    with mock_aws():
        session = new_session()
        name = f"herald-{uuid.uuid4()}"
        create_table(session, name)
        yield Table(name, session, pause=lambda seconds: None)


@pytest.fixture
def table(nobodys: Table) -> Iterator[Table]:
    """An empty table that waits for nothing, asked in the name of Acme."""
    with tenant_scope(ACME):
        yield nobodys
