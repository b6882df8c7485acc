"""Feature flags: what the platform switches on and off, for everybody or by tenant."""

import re
from typing import Final

from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel

NAME: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}\Z")
CHANNEL_FLAG: Final = "channel."
"""A flag of this name and a channel's says whether tenants are offered the channel; without one they are."""


class FlagRule(Value, frozen=True):
    """What holds for some tenants. The first rule that names a tenant decides."""

    name: str
    tenants: tuple[TenantId, ...]
    enabled: bool


class Flag(Value, frozen=True):
    """A switch: on or off by `default`, unless a rule says otherwise."""

    name: str
    default: bool
    rules: tuple[FlagRule, ...] = ()
    description: str = ""
    version: int = 1


def flag_of(channel: Channel) -> str:
    """Return the name of the flag that says whether a channel is offered."""
    return f"{CHANNEL_FLAG}{channel}"
