"""The demo's second story: an approval escalates until its customer reads it. Seconds stand for minutes."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.domain.delivery import DeliveryStatus
from infra.cli.deliveries import Delivery, Tracked, find
from infra.cli.demo import CUSTOMER, INBOX, SEND, Outcome
from infra.cli.samples import HURRY
from infra.cli.stack import LocalStack
from infra.cli.waiting import NotInTimeError, eventually

_DUE_WITHIN: Final = 45
_AT_ONCE: Final = 15
_SHOWN: Final = 22


@dataclass(frozen=True)
class Story:
    """How it went: what should have arrived, and what reading it should have stopped."""

    arrivals: tuple[Outcome, ...]
    stopped: Outcome

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All deliveries, in the order of their steps."""
        return (*self.arrivals, self.stopped)

    @property
    def is_stopped(self) -> bool:
        """Whether Herald and the vendors agree that the last step was cancelled."""
        return self.stopped.evidence is not None


def approval_send(ticket: str, user_id: str) -> dict[str, Any]:
    """Return the send of something that has to be read; `ticket` is in each message."""
    return {
        "recipients": [{"userId": user_id, "userType": "customer"}],
        "type": "approval.wanted",
        "channels": ["in_app", "sms", "email"],
        "escalation": {"policy": HURRY["id"]},
        "content": {"subject": f"Approve {ticket}", "body": f"Approval {ticket} waits for you."},
    }


def begin(stack: LocalStack, ticket: str) -> Tracked:
    """Ask for the approval; return its notification."""
    api = stack.as_service("orders")
    answer = api.post(SEND, approval_send(ticket, stack.samples.users[CUSTOMER].id), idempotency_key=ticket)
    return find(api, answer["notifications"][0]["id"])


def await_inbox(stack: LocalStack, approval: Tracked) -> Outcome:
    """Wait until it lies in the customer's inbox, unread, with the later steps still to come."""
    arrived = _await(stack, approval, "in_app", DeliveryStatus.DELIVERED, _AT_ONCE)
    unread = {item["id"] for item in stack.as_user(CUSTOMER).get(INBOX, unread="true")["items"]}
    return Outcome(approval, arrived, "lies there unread" if approval.id in unread else None)


def await_text(stack: LocalStack, approval: Tracked, ticket: str) -> Outcome:
    """Wait until nobody has read it for so long that a text message is sent."""
    sent = _await(stack, approval, "sms", DeliveryStatus.SENT, _DUE_WITHIN)
    within = _AT_ONCE if sent.has_arrived else 0
    taken = stack.sandbox.records("twilio", contains=ticket, accepted=True, at_least=1, within=within)
    return Outcome(approval, sent, f"{taken[0].status} {str(taken[0].vendor_id)[:_SHOWN]}" if taken else None)


def read(stack: LocalStack, approval: Tracked, ticket: str) -> Outcome:
    """Read it as the customer; return the step that this stops, with evidence that nobody mailed."""
    stack.as_user(CUSTOMER).post(f"{INBOX}/{approval.id}/read")
    email = _await(stack, approval, "email", DeliveryStatus.CANCELLED, _AT_ONCE)
    mails = [mail for vendor in ("sendgrid", "smtp") for mail in stack.sandbox.records(vendor, contains=ticket)]
    is_stopped = email.status is DeliveryStatus.CANCELLED and not mails
    return Outcome(approval, email, f"no mail: {email.error}" if is_stopped else None)


def _await(stack: LocalStack, approval: Tracked, channel: str, status: DeliveryStatus, within: float) -> Delivery:
    """Return a delivery once it has a status, or as it is when that takes too long."""
    api = stack.as_service("orders")

    def has_it() -> bool:
        approval.look(api)
        return approval.on(channel).status is status

    # What is there instead, should it take too long, is shown, and counts as failed.
    with suppress(NotInTimeError):
        eventually(has_it, f"{channel} to be {status}", within)
    return approval.on(channel)
