"""Lane → vendor: one function per channel, so that each has its own queue, permissions and concurrency."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from chalice.app import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.words import Channel
from chalicelib.services.deliver import Verdict
from chalicelib.services.heavy_mail import TooLateError
from chalicelib.services.messages import Message, decode
from chalicelib.tenancy import tenant_scope
from chalicelib.workers.batches import PartialBatch, Record, handle_each

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.deliver, bootstrap.send_rates)

BULKHEAD: Final = {
    Channel.EMAIL: 5,
    Channel.SMS: 10,
    Channel.PUSH: 10,
    Channel.WHATSAPP: 5,
    Channel.IN_APP: 10,
    Channel.CHAT: 5,
    Channel.ALERT: 5,
    Channel.WEBHOOK: 10,
}
"""Vendor calls at a time in one worker."""
MARGIN: Final = 2_000
"""Milliseconds a worker keeps for waiting until its provider takes one more call, and for recording an answer that
comes at the last moment.
"""
NEXT_WORKER: Final = 1
"""Seconds after which another worker may take what this one has no time left for."""


class LambdaContext(Protocol):
    """What Lambda tells a running function of itself."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


@workers.lambda_function(name="deliver_email")
def deliver_email(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the e-mail deliveries of a batch."""
    return _deliver(Channel.EMAIL, event, context)


@workers.lambda_function(name="deliver_sms")
def deliver_sms(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the SMS deliveries of a batch."""
    return _deliver(Channel.SMS, event, context)


@workers.lambda_function(name="deliver_push")
def deliver_push(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the push deliveries of a batch."""
    return _deliver(Channel.PUSH, event, context)


@workers.lambda_function(name="deliver_whatsapp")
def deliver_whatsapp(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the WhatsApp deliveries of a batch."""
    return _deliver(Channel.WHATSAPP, event, context)


@workers.lambda_function(name="deliver_chat")
def deliver_chat(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the chat deliveries of a batch."""
    return _deliver(Channel.CHAT, event, context)


@workers.lambda_function(name="deliver_alert")
def deliver_alert(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the alert deliveries of a batch."""
    return _deliver(Channel.ALERT, event, context)


@workers.lambda_function(name="deliver_webhook")
def deliver_webhook(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the webhook deliveries of a batch."""
    return _deliver(Channel.WEBHOOK, event, context)


@workers.lambda_function(name="deliver_in_app")
def deliver_in_app(event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    """Make the in-app deliveries of a batch."""
    return _deliver(Channel.IN_APP, event, context)


def _deliver(channel: Channel, event: Mapping[str, Any], context: LambdaContext) -> PartialBatch:
    deliver = bootstrap.deliver()
    needed = bootstrap.timeouts().total * 1_000 + MARGIN

    def in_time() -> bool:
        return context.get_remaining_time_in_millis() >= needed

    def wait_for(message: Message) -> int:
        # A call that the function would not live to record must not begin: its outcome would be unknown for nothing.
        if not in_time():
            return NEXT_WORKER
        return 0 if channel is Channel.IN_APP else bootstrap.send_rates()(message.tenant, channel)

    def handle(record: Record) -> bool:
        message = decode(record["body"])
        with tenant_scope(message.tenant), bootstrap.heavy_mail().scope(in_time):
            # Before anything is claimed: who has to wait is as untouched as if it had not been received.
            wait = wait_for(message)
            try:
                if not wait:
                    return deliver(message.notification, channel, message.epoch) is Verdict.DONE
            except TooLateError:
                wait = NEXT_WORKER
            # Not left in the queue, which counts how often it was received: only crashes are to count.
            bootstrap.queues().deliver_later(message.notification, channel, wait, message.epoch)
            return True

    return handle_each(event, handle, BULKHEAD[channel])
