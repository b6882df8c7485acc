"""The sends that are measured."""

import json
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Send:
    """One kind of send: to one recipient, on these channels."""

    key: str
    name: str
    channels: tuple[str, ...]
    keyed: bool = False
    """Whether it comes with an Idempotency-Key."""
    escalates: bool = False
    """Whether its channels follow each other, by the policy that everybody has."""


SINGLE: Final = Send("single", "one recipient, one channel (email by SendGrid)", ("email",))
SINGLE_KEYED: Final = Send("single_keyed", "the same with an Idempotency-Key", SINGLE.channels, keyed=True)
THREE_CHANNELS: Final = Send(
    "three_channels", "one recipient, three channels (in_app, SendGrid, Twilio)", ("in_app", "email", "sms")
)
ESCALATION: Final = Send(
    "escalation",
    "three steps (in_app, Twilio, SendGrid), nobody reads",
    ("in_app", "sms", "email"),
    escalates=True,
)

DATA: Final = 200
"""Bytes of the data that a template is filled with, as JSON."""


def body_of(send: Send, user_id: str, order: str) -> dict[str, Any]:
    """Return the body of a send about an order to a user, from a built-in template, with addresses for its channels."""
    return {
        "recipients": [{"userId": user_id, "userType": "customer", **_addresses(send)}],
        "channels": list(send.channels),
        "template": {"key": "order-shipped", "data": _data(order)},
        **({"strategy": "escalation"} if send.escalates else {}),
    }


def _data(order: str) -> dict[str, str]:
    known = {
        "name": "Ann",
        "orderId": order,
        "carrier": "Blue Parcel",
        "trackingNumber": "BP123456789",
        "trackingUrl": "https://example.com/track/BP123456789?from=",
    }
    missing = DATA - len(json.dumps(known, separators=(",", ":")))
    return known | {"trackingUrl": known["trackingUrl"] + "x" * missing}


def _addresses(send: Send) -> dict[str, str]:
    known = {"email": ("email", "ann@example.com"), "sms": ("phone", "+14155550101")}
    return dict(known[channel] for channel in send.channels if channel in known)
