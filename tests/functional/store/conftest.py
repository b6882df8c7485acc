"""The table on moto."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.store.table import Table
from chalicelib.tenancy import tenant_scope
from tests.build import ACME
from tests.store.stores import MotoSession, new_table


@pytest.fixture
def nobodys() -> Iterator[Table]:
    """An empty table that waits for nothing, asked in nobody's name."""
    with mock_aws():
        yield new_table(MotoSession())


@pytest.fixture
def table(nobodys: Table) -> Iterator[Table]:
    """An empty table that waits for nothing, asked in the name of Acme."""
    with tenant_scope(ACME):
        yield nobodys
