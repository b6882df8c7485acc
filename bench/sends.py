"""The sends that are measured."""

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

_DATA: Final = 200
"""Bytes that differ from send to send. A template's key would take the place of the rest: there are no templates yet,
so content of that size is sent.
"""


def body_of(send: Send, user_id: str, order: str) -> dict[str, Any]:
    """Return the body of a send about an order to a user, with addresses for its channels."""
    text = f"Your {order} has left our warehouse and will be with you in two days. Follow it on its way to you. "
    return {
        "recipients": [{"userId": user_id, "userType": "customer", **_addresses(send)}],
        "channels": list(send.channels),
        "type": "order.shipped",
        "content": {"subject": f"Your {order}", "body": (text * 3)[:_DATA]},
        "category": "transactional",
        **({"strategy": "escalation"} if send.escalates else {}),
    }


def _addresses(send: Send) -> dict[str, str]:
    known = {"email": ("email", "ann@example.com"), "sms": ("phone", "+14155550101")}
    return dict(known[channel] for channel in send.channels if channel in known)
