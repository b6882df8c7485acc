"""Sending, the same for services and for people: from the body to the stored notifications."""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.reply import Reply
from chalicelib.api.send_answers import AcceptedNotification, RecipientName, SentAnswer
from chalicelib.api.send_body import SendBody
from chalicelib.api.send_order import to_order
from chalicelib.domain.errors import (
    HeraldError,
    IdempotencyMismatchError,
    NotFoundError,
    RequestInProgressError,
    TemplateNotFoundError,
    TenantSuspendedError,
)
from chalicelib.domain.status import NotificationStatus
from chalicelib.services.accept import Accept
from chalicelib.services.order import Order

SEND_ERRORS: Final[tuple[type[HeraldError], ...]] = (
    IdempotencyMismatchError,
    RequestInProgressError,
    TemplateNotFoundError,
    TenantSuspendedError,
)


def send(call: Call, body: SendBody) -> Reply:
    """Accept a send and answer the ids of its notifications."""
    return place(call, ordered(call, body))


def place(call: Call, order: Order, accept: Accept | None = None) -> Reply:
    """Accept an order, by `accept` where it is given, and answer the ids of its notifications."""
    accepted = (accept or bootstrap.accept())(
        order,
        sent_by=call.principal.name,
        now=call.now,
        key=call.idempotency,
        correlation_id=call.trace.correlation_id,
    )
    notifications = [
        AcceptedNotification(id=id, recipient=RecipientName.of(recipient), status=NotificationStatus.ACCEPTED)
        for id, recipient in zip(accepted.ids, order.recipients, strict=True)
    ]
    answer = SentAnswer(request_id=accepted.request_id, recipient_count=len(notifications), notifications=notifications)
    return Reply(answer, headers={"Idempotency-Replayed": "true"} if accepted.replayed else {})


def ordered(call: Call, body: SendBody) -> Order:
    """Return the order that a body places in the call's tenant.

    Raises
    ------
    NotFoundError
        There is no such tenant.
    TemplateNotFoundError, InvalidInputError
        The body is not one of a send (`to_order`).
    """
    tenant = bootstrap.known_tenants().get(call.tenant)
    if tenant is None:
        raise NotFoundError("No such tenant")
    return to_order(body, tenant, call.now)


bootstrap.at_start(bootstrap.accept, bootstrap.rate_limits)
