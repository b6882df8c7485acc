"""What one message of a request costs."""

from typing import Any

import pytest

from chalicelib.domain.allowance import Price
from chalicelib.domain.content import Content
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel
from chalicelib.services.pricing import price_of
from tests.build import a_recipient, a_request, a_tenant
from tests.saying import KeptTemplates, say_from

PRICES = (
    Price(channel=Channel.SMS, amount=10),
    Price(channel=Channel.SMS, amount=70, country="FR"),
    Price(channel=Channel.EMAIL, amount=1),
    Price(channel=Channel.EMAIL, amount=2, provider="ses"),
)


def price(channel: Channel, provider: str | None = "twilio", body: str = "Hello", **recipient: Any) -> int:
    tenant = a_tenant(settings=TenantSettings(prices=PRICES))
    say, request = say_from(KeptTemplates()), a_request(content=Content(body=body))
    return price_of(say, request, a_recipient(**recipient), tenant, channel, provider)


@pytest.mark.parametrize(
    ("phone", "body", "amount"),
    [
        ("+14155550100", "Hello", 10),
        ("+33612345678", "Hello", 70),
        ("+33612345678", "x" * 161, 140),
        ("+80012345678", "Hello", 10),  # of no country
        ("+33612345678", " ", 0),  # cannot be sent
        ("+99912345", "Hello", 0),
        (None, "Hello", 0),
    ],
)
def test_a_text_message_is_priced_by_country_and_segments(phone: str | None, body: str, amount: int) -> None:
    assert price(Channel.SMS, phone=phone, body=body) == amount


@pytest.mark.parametrize(("provider", "amount"), [("ses", 2), ("smtp", 1), (None, 1)])
def test_other_messages_are_priced_each(provider: str | None, amount: int) -> None:
    assert price(Channel.EMAIL, provider, body="x" * 1_000) == amount


def test_what_has_no_price_costs_nothing() -> None:
    assert price(Channel.PUSH) == 0
