"""Every price is there, with the page it was taken from."""

from pathlib import Path

import pytest

from bench.cost.prices import FILE, Charge, Prices


def test_everything_that_is_charged_for_has_a_price_and_a_source() -> None:
    prices = Prices.read()
    assert prices.of.keys() == set(Charge)
    assert all(price > 0 for price in prices.of.values())
    assert all(source.startswith("https://aws.amazon.com/") for source in prices.sources.values())


def test_prices_are_for_one_and_latencies_in_seconds() -> None:
    prices = Prices.read()
    assert prices.of[Charge.API_REQUEST] == 3.50 / 1_000_000
    assert (prices.latency.vendor, prices.latency.table) == (0.150, 0.005)


def test_a_missing_price_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(FILE.read_text().replace("[prices.event]", "[prices.fun]"))
    with pytest.raises(ValueError, match="fun"):
        Prices.read(file)
    begin, _, rest = FILE.read_text().partition("[prices.event]")
    file.write_text(begin + rest[rest.index("[prices.") :])
    with pytest.raises(ValueError, match="no price for event"):
        Prices.read(file)
