"""What would become of a notification, in the words of what did become of one."""

from msgspec.structs import replace

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.explained_channel import ExplainedChannel, explain_channel
from chalicelib.domain.reasons import in_words
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel


def foretell(state: NotificationState, channel: Channel, starts_at: Millis) -> ExplainedChannel:
    """Return what would become of a channel by a decision that would be made at `starts_at`."""
    told = explain_channel(state, channel, starts_at)
    if told.status is not DeliveryStatus.QUEUED:
        return told
    plan = in_words(None, told.detail)
    how = "into the inbox" if channel is Channel.IN_APP else f"by {told.providers[0]}"
    return replace(told, text=f"Goes out as soon as it begins, {how}" + (f" ({plan})." if plan else "."))


def unshapeable(told: ExplainedChannel, code: str) -> ExplainedChannel:
    """Return what would become of a channel that the content does not fit, for a reason with a code."""
    return replace(told, text=f"Fails when it is sent, for the content does not fit the channel ({code}).")
