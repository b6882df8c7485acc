"""Lookups: the codes that a tenant's people see in lists, with labels in their languages, an order and what hangs on a
code. Every tenant has the product's own; what it stores of them replaces them.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from chalicelib.domain.configuration import Level
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.errors import Fault
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.template import Locale
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel, Priority, Strategy


class LookupType(StrEnum):
    """A list of codes."""

    NOTIFICATION_STATUS = "notification_status"
    NOTIFICATION_PRIORITY = "notification_priority"
    NOTIFICATION_CHANNEL = "notification_channel"
    TEMPLATE_TYPE = "template_type"
    USER_TYPE = "user_type"
    BATCH_STATUS = "batch_status"


OPEN: Final = frozenset({LookupType.TEMPLATE_TYPE, LookupType.USER_TYPE})
"""Lists that a tenant may add codes to. The others are the product's own words: it may change what hangs on them."""
CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z")
MOST_CODES: Final = 200
"""Codes of a list, the product's own included: every worker reads all lists of a tenant once a minute."""


class Lookup(Value, frozen=True):
    """One code of a list. Lists are shown in order of `order`, then code; one that is not `enabled` is not offered.

    What Herald itself looks at in `metadata`: `strategy` of the priority `medium`, for sends that ask for none;
    `default` of a channel, for sends that name none. A channel that is not enabled is off for the tenant.
    """

    type: LookupType
    code: str
    labels: dict[Locale, str]
    order: int = 0
    enabled: bool = True
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    version: int = 0


def _built_in(type: LookupType, codes: Iterable[str]) -> dict[str, Lookup]:
    english = Locale("en")
    return {
        code: Lookup(type=type, code=code, labels={english: code.replace("_", " ").capitalize()}, order=10 * place)
        for place, code in enumerate(codes, 1)
    }


_STATUSES = dict.fromkeys([*NotificationStatus, *DeliveryStatus])
_CODES: Final[Mapping[LookupType, Iterable[str]]] = {
    LookupType.NOTIFICATION_STATUS: [status.value for status in _STATUSES],
    LookupType.NOTIFICATION_PRIORITY: list(Priority),
    LookupType.NOTIFICATION_CHANNEL: list(Channel),
    LookupType.TEMPLATE_TYPE: ["order", "payment", "account", "security", "system", "marketing", "digest"],
    LookupType.USER_TYPE: ["admin", "customer", "vendor", "driver", "support", "guest"],
    LookupType.BATCH_STATUS: ["pending", "processing", "completed", "failed", "cancelled"],
}
BUILT_IN: Final = {type: _built_in(type, codes) for type, codes in _CODES.items()}
"""The product's own, by list and code."""


def lookups(type: LookupType, stored: Iterable[Lookup]) -> list[Lookup]:
    """Return a list as a tenant sees it: its own codes and versions over the product's, in their order."""
    known = BUILT_IN[type] | {each.code: each for each in stored if each.type is type}
    return sorted(known.values(), key=lambda each: (each.order, each.code))


def level_of(stored: Iterable[Lookup]) -> Level:
    """Return what a tenant's lookups say of the configuration."""
    medium = next((each for each in stored if (each.type, each.code) == _MEDIUM), None)
    wanted = medium.metadata.get("strategy") if medium else None
    default = {each.code for each in stored if _is_channel(each) and each.metadata.get("default") is True}
    return Level(
        strategy=Strategy(wanted) if wanted else None,
        channels=tuple(channel for channel in Channel if channel in default) or None,
    )


def channels_off(stored: Iterable[Lookup]) -> frozenset[Channel]:
    """Return the channels that a tenant's lookups switch off."""
    return frozenset(Channel(each.code) for each in stored if _is_channel(each) and not each.enabled)


def lookup_faults(lookup: Lookup) -> list[Fault]:
    """Return what is wrong with a code as it is to be stored; pointers are into its body."""
    faults = []
    if lookup.code not in BUILT_IN[lookup.type] and lookup.type not in OPEN:
        detail = f"The codes of {lookup.type} are the product's own"
        faults.append(Fault(pointer="/code", code="closed_lookup", detail=detail))
    if not CODE.match(lookup.code):
        faults.append(Fault(pointer="/code", code="malformed", detail="a-z, 0-9, _ and -, beginning with a letter"))
    strategy = lookup.metadata.get("strategy")
    if (lookup.type, lookup.code) == _MEDIUM and strategy is not None and strategy not in list(Strategy):
        detail = f"It is one of {', '.join(Strategy)}"
        faults.append(Fault(pointer="/metadata/strategy", code="not_one_of", detail=detail))
    return faults


_MEDIUM: Final = (LookupType.NOTIFICATION_PRIORITY, Priority.MEDIUM)


def _is_channel(lookup: Lookup) -> bool:
    return lookup.type is LookupType.NOTIFICATION_CHANNEL
