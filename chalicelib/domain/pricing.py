"""What a message costs, as far as the tenant says: an estimate before it is sent, in millionths of their currency."""

from collections.abc import Iterable

from chalicelib.domain.allowance import Price
from chalicelib.domain.words import Channel


def estimate(
    prices: Iterable[Price], channel: Channel, provider: str | None, country: str | None, segments: int = 1
) -> int:
    """Return what one message costs; 0 where no price fits. A text message costs as much as its `segments` together.

    A price for provider and country wins over one for the provider, that over one for the country, that over one for
    neither.
    """
    fitting = [price for price in prices if price.channel is channel and _fits(price, provider, country)]
    if not fitting:
        return 0
    amount = max(fitting, key=_specificity).amount
    return amount * segments if channel is Channel.SMS else amount


def depends_on_country(prices: Iterable[Price], channel: Channel) -> bool:
    """Tell whether a message on `channel` costs more in some countries than in others."""
    return any(price.channel is channel and price.country is not None for price in prices)


def _fits(price: Price, provider: str | None, country: str | None) -> bool:
    return price.provider in (None, provider) and price.country in (None, country)


def _specificity(price: Price) -> tuple[bool, bool]:
    return price.provider is not None, price.country is not None
