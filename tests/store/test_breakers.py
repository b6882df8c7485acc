"""Transitions of breakers: whoever saw the last one replaces it, others learn what stands there."""

from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.store.stores import Store

TTL = NOW // 1_000 + 86_400
OPENED = Circuit(provider=ProviderId("first"), phase=Phase.OPEN, at=NOW)
CLOSED = replace(OPENED, phase=Phase.CLOSED, at=Millis(NOW + 60_000))


def test_a_tenant_begins_without_any(store: Store) -> None:
    assert store.circuits.list(ACME) == ()


def test_the_last_transition_of_each_provider_is_listed(store: Store) -> None:
    second = replace(OPENED, provider=ProviderId("second"))
    for circuit in (second, OPENED, replace(CLOSED, version=1)):
        assert store.circuits.put(ACME, circuit, TTL) is None
    assert store.circuits.list(ACME) == (replace(CLOSED, version=2), replace(second, version=1))


def test_who_did_not_see_the_last_one_learns_of_it(store: Store) -> None:
    store.circuits.put(ACME, OPENED, TTL)
    assert store.circuits.put(ACME, replace(OPENED, at=Millis(NOW + 1)), TTL) == replace(OPENED, version=1)
    assert store.circuits.put(ACME, replace(CLOSED, version=2), TTL) == replace(OPENED, version=1)
    assert store.circuits.list(ACME) == (replace(OPENED, version=1),)


def test_where_the_row_is_gone_it_begins_anew(store: Store) -> None:
    nothing = store.circuits.put(ACME, replace(CLOSED, version=7), TTL)
    assert nothing == replace(CLOSED, at=0, version=0)
    assert store.circuits.list(ACME) == ()
