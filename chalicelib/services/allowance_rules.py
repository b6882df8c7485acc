"""Rules of what tenants may say of prices, budgets and digests, as faults of an input."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from chalicelib.domain.allowance import UNCAPPED, Price
from chalicelib.domain.errors import Fault
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel

DAY: Final = 86_400
SHORTEST_WINDOW: Final = 60
LONGEST_WINDOW: Final = 7 * DAY
"""Seconds."""


def allowance_faults(settings: TenantSettings) -> list[Fault]:
    """Return what is wrong with the prices, budgets and digests of a tenant."""
    return [*_price_faults(settings), *_budget_faults(settings), *_digest_faults(settings)]


def _price_faults(settings: TenantSettings) -> Iterator[Fault]:
    for position, price in enumerate(settings.prices):
        pointer = f"/settings/prices/{position}"
        if price.amount <= 0:
            yield Fault(pointer=f"{pointer}/amount", code="out_of_range", detail="a price is more than nothing")
        if price.channel in UNCAPPED:
            detail = f"messages on {price.channel} cost nothing"
            yield Fault(pointer=f"{pointer}/channel", code="no_price", detail=detail)
        if price.country is not None:
            yield from _country_faults(f"{pointer}/country", price.channel, price.country)
    yield from _repeated("/settings/prices", map(_what_for, settings.prices))


def _country_faults(pointer: str, channel: Channel, country: str) -> Iterator[Fault]:
    # Loads the tables of phone numbers.
    from chalicelib.channels.sms import is_country

    if channel is not Channel.SMS:
        yield Fault(pointer=pointer, code="no_country", detail="only text messages go to a country")
    elif not is_country(country):
        yield Fault(pointer=pointer, code="unknown_country", detail="not a country (ISO 3166) with phone numbers")


def _what_for(price: Price) -> Hashable:
    return price.channel, price.provider, price.country


def _budget_faults(settings: TenantSettings) -> Iterator[Fault]:
    for position, budget in enumerate(settings.budgets):
        if budget.limit <= 0:
            pointer = f"/settings/budgets/{position}/limit"
            yield Fault(pointer=pointer, code="out_of_range", detail="a budget is more than nothing")
    yield from _repeated("/settings/budgets", ((budget.period, budget.category) for budget in settings.budgets))


def _digest_faults(settings: TenantSettings) -> Iterator[Fault]:
    for category, rule in settings.digests.items():
        pointer = f"/settings/digests/{category.replace('~', '~0').replace('/', '~1')}"
        if not SHORTEST_WINDOW <= rule.window <= LONGEST_WINDOW:
            detail = f"not between {SHORTEST_WINDOW} and {LONGEST_WINDOW} seconds"
            yield Fault(pointer=f"{pointer}/windowSeconds", code="out_of_range", detail=detail)
        elif rule.longest >= settings.retention_days * DAY:
            detail = "what it tells of would be gone: as long as anything is kept (retentionDays)"
            yield Fault(pointer=f"{pointer}/windowSeconds", code="out_of_range", detail=detail)
        if not rule.channels:
            yield Fault(pointer=f"{pointer}/channels", code="too_few", detail="at least one channel is needed")


def _repeated(pointer: str, said: Iterable[Hashable]) -> Iterator[Fault]:
    seen = set()
    for position, what in enumerate(said):
        if what in seen:
            yield Fault(pointer=f"{pointer}/{position}", code="duplicate", detail="this was said before")
        seen.add(what)
