"""Webhooks: a notification as a program is told of it."""

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import UnshapeableError, WebhookMessage, address_fault
from chalicelib.channels.webhook import shape
from chalicelib.domain.content import Content
from chalicelib.domain.words import Channel
from tests.build import a_recipient, a_request, a_tenant

REQUEST = a_request(
    content=Content(subject="Your order", body="It is on its way.\n", action_url="https://example.com/42"),
    type="order.shipped",
    metadata={"orderId": "42"},
)


def test_everybody_can_be_reached() -> None:
    assert address_fault(Channel.WEBHOOK, a_recipient()) is None


def test_a_notification_is_told_whole() -> None:
    recipient = a_recipient()

    assert shape(REQUEST, recipient, a_tenant()) == WebhookMessage(
        reference=REQUEST.id,
        user_type=recipient.user_type,
        user_id=recipient.user_id,
        category=REQUEST.category,
        text="It is on its way.\n",
        at=REQUEST.accepted_at,
        type="order.shipped",
        title="Your order",
        link="https://example.com/42",
        data={"orderId": "42"},
    )


def test_a_notification_that_says_nothing_is_none() -> None:
    with pytest.raises(UnshapeableError, match="empty_body"):
        shape(replace(REQUEST, content=Content(body=" ")), a_recipient(), a_tenant())
