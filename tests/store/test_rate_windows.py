"""Windows of rates: whoever saw the last version replaces it, others learn what stands there."""

from chalicelib.domain.rate_limit import Window
from tests.build import ACME, NOW
from tests.store.stores import Store

TTL = NOW // 1_000 + 86_400
FIRST = Window(latest=3, counts=(2, 0, 1))


def test_the_first_to_come_stores_it_and_the_second_learns_what_stands_there(store: Store) -> None:
    assert store.rates.replace(ACME, "send", FIRST, TTL) is None
    stored = store.rates.replace(ACME, "send", Window(latest=9, counts=(9,)), TTL)
    assert stored == Window(latest=3, counts=(2, 0, 1), version=1)


def test_only_who_saw_the_last_version_replaces_it(store: Store) -> None:
    store.rates.replace(ACME, "send", FIRST, TTL)
    assert store.rates.replace(ACME, "send", Window(latest=4, counts=(1,), version=1), TTL) is None
    for version in (0, 1, 3):
        stored = store.rates.replace(ACME, "send", Window(version=version), TTL)
        assert stored == Window(latest=4, counts=(1,), version=2)


def test_a_row_that_is_gone_is_one_that_nobody_wrote(store: Store) -> None:
    assert store.rates.replace(ACME, "send", Window(version=7), TTL) == Window()
    assert store.rates.replace(ACME, "send", FIRST, TTL) is None


def test_names_are_apart(store: Store) -> None:
    store.rates.replace(ACME, "send", FIRST, TTL)
    assert store.rates.replace(ACME, "read", FIRST, TTL) is None
