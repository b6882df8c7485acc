"""What becomes of rows that another version of Herald wrote in its own way."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.ids import ProviderId
from chalicelib.store import access_patterns as keys
from chalicelib.store.breakers import CircuitRows
from chalicelib.store.models import CircuitItem
from chalicelib.store.table import Table
from tests.build import ACME, NOW

TTL = NOW // 1_000 + 86_400
ONE = Circuit(provider=ProviderId("one"), phase=Phase.OPEN, at=NOW)
OTHER = Circuit(provider=ProviderId("other"), phase=Phase.OPEN, at=NOW)


@pytest.mark.parametrize("body", ["", "{", '{"provider": "one", "phase": "ajar", "at": 1}'])
def test_a_row_that_cannot_be_read_is_passed_over_and_written_anew(table: Table, body: str) -> None:
    circuits = CircuitRows(table)
    circuits.put(ACME, OTHER, TTL)
    place = keys.circuit(ACME, ONE.provider)
    table.put(CircuitItem(*place, version=7, body=body, ttl=TTL), CircuitItem.pk.does_not_exist())

    assert circuits.list(ACME) == (replace(OTHER, version=1),)
    met = circuits.put(ACME, ONE, TTL)
    assert met == replace(ONE, at=0, version=7)
    assert circuits.put(ACME, replace(ONE, version=7), TTL) is None
    assert circuits.list(ACME) == (replace(ONE, version=8), replace(OTHER, version=1))
