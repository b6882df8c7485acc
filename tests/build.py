"""Small builders of domain objects for tests: everything has a default, a test names what it is about."""

from typing import Any

from chalicelib.domain.content import Content
from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.ids import NotificationId, ProviderId, RequestId, TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Strategy

ACME = TenantId("acme")
NOW = Millis(1_800_000_000_000)
ID = NotificationId("01890a5d-ac96-774b-bcce-b302099a8057")


def a_recipient(**changes: Any) -> Recipient:
    """Return a customer with an address for every channel."""
    fields: dict[str, Any] = {
        "user_type": UserType("customer"),
        "user_id": UserId("u1"),
        "email": "ann@example.com",
        "phone": "+14155550100",
        "device_tokens": ("token-1",),
    }
    return Recipient(**(fields | changes))


def a_request(**changes: Any) -> NotificationRequest:
    """Return a transactional e-mail request of medium priority."""
    fields: dict[str, Any] = {
        "tenant": ACME,
        "id": ID,
        "request_id": RequestId("01890a5d-ac96-774b-bcce-b302099a8058"),
        "recipient": a_recipient(),
        "content": Content(subject="Hello", body="It is on its way."),
        "category": "transactional",
        "priority": Priority.MEDIUM,
        "accepted_at": NOW,
        "sent_by": "service:orders",
        "channels": (Channel.EMAIL,),
    }
    return NotificationRequest(**(fields | changes))


def a_tenant(**changes: Any) -> Tenant:
    """Return an active tenant with default settings."""
    fields: dict[str, Any] = {"id": ACME, "name": "Acme", "created_at": NOW}
    return Tenant(**(fields | changes))


def a_delivery(status: DeliveryStatus = DeliveryStatus.QUEUED, **changes: Any) -> Delivery:
    """Return a delivery planned over two providers."""
    fields: dict[str, Any] = {"status": status, "providers": (ProviderId("first"), ProviderId("second"))}
    return Delivery(**(fields | changes))


def a_state(deliveries: dict[Channel, Delivery] | None = None, **changes: Any) -> NotificationState:
    """Return a broadcast state; by default with one queued e-mail delivery."""
    fields: dict[str, Any] = {
        "tenant": ACME,
        "id": ID,
        "user_type": UserType("customer"),
        "user_id": UserId("u1"),
        "accepted_at": NOW,
        "strategy": Strategy.BROADCAST,
        "category": "transactional",
        "deliveries": {Channel.EMAIL: a_delivery()} if deliveries is None else deliveries,
    }
    return NotificationState(**(fields | changes))
