"""The demo's story: an order is placed, and its customer hears of it on many channels, as does a friend of hers, in her
own language. Told through the API, proven at the vendors' and in the inbox.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.cli.deliveries import Delivery, Tracked, find, look_all
from infra.cli.stack import LocalStack
from infra.cli.waiting import NotInTimeError, eventually

SEND: Final = "/api/v1/services/notifications/send"
INBOX: Final = "/api/v1/users/me/notifications"
CUSTOMER: Final = "ann"
FRIEND: Final = "leila"
"""She reads Arabic."""
_SETTLED_SECONDS: Final = 45
_ARRIVED_SECONDS: Final = 10
_SHOWN: Final = 22
"""Characters of a vendor's id for a message that are enough to find it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: `evidence` is what its vendor or the inbox shows of it, None when nothing."""

    notification: Tracked
    delivery: Delivery
    evidence: str | None

    @property
    def is_delivered(self) -> bool:
        """Whether both sides agree that it arrived."""
        return self.delivery.has_arrived and self.evidence is not None


def confirmation(order: str, user_id: str, name: str, *channels: str) -> dict[str, Any]:
    """Return the confirmation of an order, filled from the tenant's template in the recipient's language."""
    return {
        "recipients": [{"userId": user_id, "userType": "customer"}],
        "channels": channels,
        "provider": {"email": "smtp"},
        "metadata": {"orderId": order},
        "template": {
            "key": "order-confirmation",
            "data": {
                "name": name,
                "orderId": order,
                "items": [
                    {"name": "Mountain bike", "quantity": 1, "price": "$1,249.00"},
                    {"name": "Helmet", "quantity": 2, "price": "$98.00"},
                ],
                "total": "$1,347.00",
                "orderUrl": f"https://acme.example.com/orders/{order}",
            },
        },
    }


def sends(order: str, user_id: str) -> Iterator[dict[str, Any]]:
    """Yield what the shop sends about an order; its number is in each message."""
    recipients = [{"userId": user_id, "userType": "customer"}]
    common = {"recipients": recipients, "category": "transactional", "metadata": {"orderId": order}}
    yield confirmation(order, user_id, "Ann", "email", "in_app")
    yield {
        **common,
        "type": "order.invoiced",
        "channels": ["email"],
        "provider": {"email": "sendgrid"},
        "content": {"subject": f"Invoice {order}", "body": f"You owe us nothing more for order {order}."},
    }
    yield {
        **common,
        "type": "order.shipped",
        "channels": ["sms", "push"],
        "content": {"subject": "On its way", "body": f"Order {order} has left our warehouse."},
    }


def send_all(stack: LocalStack, order: str) -> list[Tracked]:
    """Send all of it as the order service does; return what was accepted."""
    api = stack.as_service("orders")
    users = stack.samples.users
    wanted = [*sends(order, users[CUSTOMER].id), confirmation(order, users[FRIEND].id, "ليلى", "email")]
    answers = [api.post(SEND, each, idempotency_key=f"{order}-{place}") for place, each in enumerate(wanted)]
    return [find(api, sent["id"]) for answer in answers for sent in answer["notifications"]]


def await_settled(stack: LocalStack, notifications: list[Tracked]) -> bool:
    """Wait until nothing more happens to the deliveries by itself; tell whether it came to that in time."""
    api = stack.as_service("orders")

    def settled() -> bool:
        look_all(api, notifications)
        return all(notification.is_settled for notification in notifications)

    try:
        return eventually(settled, "all deliveries to end", within=_SETTLED_SECONDS)
    except NotInTimeError:
        return False


def outcomes(stack: LocalStack, order: str, notifications: list[Tracked]) -> list[Outcome]:
    """Return what became of each delivery, as told by Herald and as seen at the other end."""
    return [
        Outcome(notification, delivery := notification.on(channel), _evidence(stack, order, notification, delivery))
        for notification in notifications
        for channel in notification.channels
    ]


def _evidence(stack: LocalStack, order: str, notification: Tracked, delivery: Delivery) -> str | None:
    if not delivery.has_arrived:
        return None
    return _EVIDENCE[delivery.channel, delivery.provider](stack, order, notification)


def _mail(stack: LocalStack, order: str, notification: Tracked) -> str | None:
    """The message that came by SMTP, parsed back."""
    stack.sandbox.records("smtp", contains=notification.id, accepted=True, at_least=1, within=_ARRIVED_SECONDS)
    subjects = [str(mail["Subject"]) for mail in stack.sandbox.mails(contains=notification.id)]
    return next((f"“{subject}”" for subject in subjects if order in subject), None)


def _request(vendor: str) -> "Evidence":
    """The requests that a vendor's API took."""

    def look(stack: LocalStack, order: str, _notification: Tracked) -> str | None:
        taken = stack.sandbox.records(vendor, contains=order, accepted=True, at_least=1, within=_ARRIVED_SECONDS)
        if not taken:
            return None
        name = str(taken[0].vendor_id).rpartition("/")[2]
        more = f", and {len(taken) - 1} more" if len(taken) > 1 else ""
        return f"{taken[0].status} {name[:_SHOWN]}{more}"

    return look


def _inbox(stack: LocalStack, _order: str, notification: Tracked) -> str | None:
    """The item in the customer's inbox, read with her own token."""
    api = stack.as_user(CUSTOMER)
    unread = {item["id"] for item in api.get(INBOX, unread="true")["items"]}
    if notification.id not in unread:
        return None
    api.post(f"{INBOX}/{notification.id}/read")
    read = api.get(f"{INBOX}/{notification.id}")
    return f"read with {CUSTOMER}'s own token" if read.get("readAt") else None


Evidence = Callable[[LocalStack, str, Tracked], str | None]
_EVIDENCE: Final[Mapping[tuple[str, str], Evidence]] = {
    ("email", "smtp"): _mail,
    ("email", "sendgrid"): _request("sendgrid"),
    ("sms", "twilio"): _request("twilio"),
    ("push", "fcm"): _request("fcm"),
    ("in_app", ""): _inbox,
}
"""Where to look for a delivery, by channel and provider."""
