"""The reasons of a decision in words that a support person can read, as clauses that follow "because" or a colon."""

from collections.abc import Mapping
from typing import Final

from chalicelib.domain.delivery import Detail
from chalicelib.domain.words import Channel, Reason

REASONS: Final[Mapping[Reason, str]] = {
    Reason.TENANT_SUSPENDED: "the tenant was suspended",
    Reason.CHANNEL_DISABLED: "the tenant turned this channel off",
    Reason.MISSING_ADDRESS: "no address of the recipient is known for this channel",
    Reason.INVALID_ADDRESS: "the recipient's address for this channel cannot be a valid one",
    Reason.NO_PROVIDER: "the tenant has no enabled provider for this channel",
    Reason.UNKNOWN_PROVIDER: "the sender asked for a provider that the tenant does not have, or has disabled",
    Reason.EXPIRED: "it expired before it could be sent",
    Reason.CANCELLED: "it was cancelled before it was sent",
    Reason.NOT_IN_POLICY: "no step of the escalation policy uses this channel",
    Reason.SUPPRESSED_ADDRESS: "the address is on the tenant's suppression list",
    Reason.PREFERENCE_OFF: "the recipient does not want it",
    Reason.DO_NOT_DISTURB: "the recipient asked not to be disturbed until then",
    Reason.QUIET_HOURS: "these are quiet hours of the recipient",
    Reason.FREQUENCY_CAPPED: "the recipient had been sent as much on this channel as is allowed",
    Reason.BUDGET_EXCEEDED: "the tenant's budget had no room for it",
    Reason.DIGESTED: "it is told together with others, in a digest",
    Reason.READ: "it was read before this step came due",
    Reason.DELIVERED: "it had arrived on another channel before this step came due",
    Reason.ACKNOWLEDGED: "it was acknowledged before this step came due",
    Reason.REFUSED: "the provider refused it for good",
    Reason.MISCONFIGURED: "no provider could make it, by its settings or by what it is able to",
    Reason.RETRIES_EXHAUSTED: "no provider took it, however often it was tried",
    Reason.OUTCOME_UNKNOWN: "the provider's answer got lost; it is not sent again, for it might arrive twice",
    Reason.WORKER_DIED: "a call to the provider was never reported on; it is not repeated, for it might arrive twice",
    Reason.TEMPLATE_ERROR: "its template could not be filled, so nobody was asked to send it",
    Reason.EMPTY_BODY: "it says nothing on this channel, so nobody was asked to send it",
    Reason.NOT_A_MESSAGE: "this channel takes no messages",
    Reason.CONTROL_CHARACTERS: "a line of its header has control characters, so nobody was asked to send it",
    Reason.SUBJECT_TOO_LONG: "its subject is longer than mails may have, so nobody was asked to send it",
    Reason.TEXT_TOO_LONG: "its text is longer than this channel takes, so nobody was asked to send it",
    Reason.TOO_MANY_SEGMENTS: "it would take more text messages than the tenant allows, so nobody was asked to send it",
    Reason.PAYLOAD_TOO_LARGE: "it is larger than push notifications may be, so nobody was asked to send it",
    Reason.INVALID_TTL: "it may not be kept for as long as it asks, so nobody was asked to send it",
    Reason.INVALID_SENDER: "the address it is sent from cannot be a valid one, so nobody was asked to send it",
    Reason.ATTACHMENT_MISSING: "a file that goes with it is not there, so nobody was asked to send it",
    Reason.ATTACHMENT_TOO_LARGE: "the files that go with it are too large, so nobody was asked to send it",
}
"""What each reason says by itself."""
FINE_PRINT: Final[Mapping[tuple[Reason | None, Detail], str]] = {
    (Reason.PREFERENCE_OFF, Detail.CHANNEL): "the recipient wants nothing on this channel",
    (Reason.PREFERENCE_OFF, Detail.CATEGORY): "the recipient does not want this category on this channel",
    (Reason.PREFERENCE_OFF, Detail.TYPE): "the recipient does not want notifications of this type",
    (Reason.PREFERENCE_OFF, Detail.TOPIC): "the recipient does not want notifications of this topic",
    (Reason.FREQUENCY_CAPPED, Detail.HOUR): "the recipient had been sent as much on this channel as is allowed an hour",
    (Reason.FREQUENCY_CAPPED, Detail.DAY): "the recipient had been sent as much on this channel as is allowed a day",
    (Reason.BUDGET_EXCEEDED, Detail.DAY): "the tenant's budget for the day had no room for it",
    (Reason.BUDGET_EXCEEDED, Detail.MONTH): "the tenant's budget for the month had no room for it",
    (None, Detail.INSTEAD_OF_SMS): "it stands in for a text message that the budget does not allow",
    (None, Detail.INSTEAD_OF_PUSH): "it stands in for a push notification that the budget does not allow",
}
"""What a reason says together with its detail; a detail without a reason is about the plan itself."""
ON: Final[Mapping[Channel, str]] = {
    Channel.EMAIL: "by e-mail",
    Channel.SMS: "by text message",
    Channel.PUSH: "by push notification",
    Channel.WHATSAPP: "by WhatsApp",
    Channel.IN_APP: "in the inbox",
    Channel.CHAT: "in the chat",
    Channel.ALERT: "as an alert",
    Channel.WEBHOOK: "by webhook",
}
"""How something reaches somebody on a channel."""


def in_words(reason: Reason | None, detail: Detail | None = None) -> str | None:
    """Return why, as a clause without a full stop; None where there is nothing to say."""
    specific = None if detail is None else FINE_PRINT.get((reason, detail))
    return specific or (None if reason is None else REASONS[reason])
