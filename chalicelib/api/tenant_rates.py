"""How often a tenant's callers may call and how fast it sends, as it comes in."""

from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.api.fields import EACH_ONCE, ChannelName
from chalicelib.api.models import fault
from chalicelib.domain.rate_limit import Limit
from chalicelib.domain.words import Channel


def _with_vendors(channel: Channel) -> Channel:
    if channel is Channel.IN_APP:
        raise fault("no_send_rate", "What goes to the inbox is not sent through a vendor")
    return channel


RateLimits = dict[Limit, Annotated[int, Field(ge=1, le=1_000_000)]]
"""Calls a minute of one caller, by limit; those left out are the platform's."""
SendRates = Annotated[
    dict[Annotated[ChannelName, AfterValidator(_with_vendors)], Annotated[int, Field(ge=1, le=10_000)]], EACH_ONCE
]
"""Messages a second, by channel; on those left out there is no limit."""
