"""Prices: the most specific one counts, a text message by its segments."""

import pytest

from chalicelib.domain.allowance import Price
from chalicelib.domain.pricing import depends_on_country, estimate
from chalicelib.domain.words import Channel

PLAIN = Price(channel=Channel.SMS, amount=1)
FOR_FRANCE = Price(channel=Channel.SMS, amount=10, country="FR")
BY_TWILIO = Price(channel=Channel.SMS, amount=100, provider="twilio")
BY_TWILIO_FOR_FRANCE = Price(channel=Channel.SMS, amount=1_000, provider="twilio", country="FR")
ALL = (PLAIN, FOR_FRANCE, BY_TWILIO, BY_TWILIO_FOR_FRANCE, Price(channel=Channel.EMAIL, amount=7))


@pytest.mark.parametrize(
    ("provider", "country", "amount"),
    [
        ("twilio", "FR", 1_000),
        ("twilio", "DE", 100),
        ("twilio", None, 100),
        ("sns", "FR", 10),
        (None, "FR", 10),
        ("sns", "DE", 1),
        (None, None, 1),
    ],
)
def test_the_most_specific_price_counts(provider: str | None, country: str | None, amount: int) -> None:
    for prices in (ALL, ALL[::-1]):
        assert estimate(prices, Channel.SMS, provider, country) == amount


def test_the_provider_weighs_more_than_the_country() -> None:
    assert estimate((FOR_FRANCE, BY_TWILIO), Channel.SMS, "twilio", "FR") == 100


def test_a_text_message_costs_as_much_as_its_segments() -> None:
    assert estimate(ALL, Channel.SMS, "sns", "FR", segments=3) == 30
    assert estimate(ALL, Channel.EMAIL, "ses", None, segments=3) == 7


@pytest.mark.parametrize("prices", [(), (BY_TWILIO, FOR_FRANCE)])
def test_what_no_price_is_for_costs_nothing(prices: tuple[Price, ...]) -> None:
    assert estimate(prices, Channel.SMS, "sns", "DE") == 0


def test_only_prices_of_the_channel_ask_for_the_country() -> None:
    assert depends_on_country(ALL, Channel.SMS)
    assert not depends_on_country(ALL, Channel.EMAIL)
    assert not depends_on_country((PLAIN, BY_TWILIO), Channel.SMS)
