"""What a tenant pays, may spend, and collects into digests, as it comes in and as it is shown.

Money is a decimal text ("0.0079") in the tenant's own currency, to a millionth: not all readers of JSON take numbers
alike.
"""

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from chalicelib.api.fields import ChannelName, Name
from chalicelib.api.models import Answer, Body, fault
from chalicelib.domain.allowance import Budget, Period, Price
from chalicelib.domain.digest import DigestRule, WindowMode
from chalicelib.domain.words import Channel

UNIT: Final = 1_000_000
"""Stored amounts are millionths."""
_MONEY: Final = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,6}))?")
_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": f"^{_MONEY.pattern}$", "examples": ["0.0079"]})


def _parsed(value: object) -> int:
    if not isinstance(value, str):
        raise fault("wrong_type", 'Money is a text, as in "0.0079"')
    match = _MONEY.fullmatch(value)
    if match is None:
        raise fault("malformed", 'Money is written as in "0.0079": up to nine digits, then up to six')
    return int(match[1]) * UNIT + int((match[2] or "").ljust(6, "0"))


def _shown(value: object) -> object:
    if not isinstance(value, int):
        return value
    return f"{value // UNIT}.{value % UNIT:06d}".rstrip("0").rstrip(".")


Money = Annotated[int, BeforeValidator(_parsed), _SCHEMA]
"""An amount that comes in, as millionths."""
ShownMoney = Annotated[str, BeforeValidator(_shown), _SCHEMA]
"""An amount in an answer, made from millionths."""


class PriceBody(Body):
    """What one message on a channel costs (of SMS, one segment): through a provider, to a country, or in general."""

    channel: ChannelName
    amount: Money
    provider: Name | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None

    def price(self) -> Price:
        """Return the price."""
        return Price(**dict(self))


class BudgetBody(Body):
    """The most that is spent in a calendar day or month (UTC), on a category or on everything."""

    period: Period
    limit: Money
    category: Name | None = None

    def budget(self) -> Budget:
        """Return the budget."""
        return Budget(**dict(self))


class DigestBody(Body):
    """What is collected of a category, and for how long: from the first notification, or until none comes."""

    window_seconds: int
    channels: Annotated[list[ChannelName], Field(max_length=len(Channel))]
    mode: WindowMode = WindowMode.FIXED

    def rule(self) -> DigestRule:
        """Return the rule."""
        return DigestRule(window=self.window_seconds, channels=tuple(dict.fromkeys(self.channels)), mode=self.mode)


Prices = Annotated[list[PriceBody], Field(max_length=500)]
Budgets = Annotated[list[BudgetBody], Field(max_length=20)]
Digests = Annotated[dict[Name, DigestBody], Field(max_length=50)]


class PriceAnswer(Answer):
    """What one message on a channel costs."""

    channel: Channel
    amount: ShownMoney
    provider: str | None
    country: str | None


class BudgetAnswer(Answer):
    """The most that is spent in a period."""

    period: Period
    limit: ShownMoney
    category: str | None


class DigestAnswer(Answer):
    """What is collected of a category, and for how long."""

    window_seconds: int
    channels: list[Channel]
    mode: WindowMode

    @model_validator(mode="before")
    @classmethod
    def _of_rule(cls, value: Any) -> Any:
        if isinstance(value, DigestRule):
            return {"window_seconds": value.window, "channels": value.channels, "mode": value.mode}
        return value
