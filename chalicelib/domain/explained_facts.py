"""What a decision rested on, fact by fact, in sentences."""

from collections.abc import Iterator

from chalicelib.domain.escalation import DEFAULT_POLICY
from chalicelib.domain.events import iso8601
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState, Source
from chalicelib.domain.value import Value
from chalicelib.domain.words import StopOn, Strategy


class Fact(Value, frozen=True):
    """One fact: a stable `name` of what it is about, and a sentence."""

    name: str
    text: str


def explain_facts(request: NotificationRequest, state: NotificationState | None) -> tuple[Fact, ...]:
    """Return who sent a notification, what was asked for, and what the decision, if there is one, went by."""
    decided = () if state is None else _decided(request, state)
    return (*_asked(request), *decided)


def _asked(request: NotificationRequest) -> Iterator[Fact]:
    yield Fact(name="sender", text=f"Sent by {request.sent_by}, accepted at {iso8601(request.accepted_at)}.")
    yield Fact(name="priority", text=f"Its priority is {request.priority}, its category {request.category}.")
    channels = ", ".join(request.channels)
    yield Fact(
        name="channels",
        text=f"The sender asked for {channels}." if channels else "The sender named no channels: the tenant's apply.",
    )
    if request.expires_at is not None:
        yield Fact(name="expiry", text=f"Nothing of it is sent after {iso8601(request.expires_at)}.")
    if request.parent is not None:
        yield Fact(name="parent", text=f"It asks somebody on duty to look after notification {request.parent}.")
    if request.digest_of:
        yield Fact(name="digest", text=f"It is a digest of {len(request.digest_of)}: {', '.join(request.digest_of)}.")


def _decided(request: NotificationRequest, state: NotificationState) -> Iterator[Fact]:
    chosen = "" if state.basis is None else _STRATEGY_FROM[state.basis.strategy]
    yield Fact(name="strategy", text=f"{_STRATEGIES[state.strategy]}{chosen}.")
    if state.strategy is Strategy.ESCALATION and state.stop_on is not None:
        policy = request.policy or DEFAULT_POLICY.id
        yield Fact(name="policy", text=f"It follows the escalation policy “{policy}” until {_UNTIL[state.stop_on]}.")
    if state.basis is not None:
        yield Fact(name="recipient", text=_RECIPIENT_FROM[state.basis.recipient])


_STRATEGIES = {
    Strategy.BROADCAST: "All channels at once (broadcast)",
    Strategy.ESCALATION: "One step after another (escalation)",
}
_STRATEGY_FROM = {
    Source.REQUEST: ", as the sender asked",
    Source.PRIORITY: ", as its priority demands",
    Source.TENANT: ", as the tenant does where nobody says otherwise",
}
_RECIPIENT_FROM = {
    Source.REQUEST: "The recipient's addresses are those of the send.",
    Source.STORED: "The recipient's addresses are the stored ones.",
    Source.BOTH: "The recipient's addresses are those of the send, completed by the stored ones.",
}
_UNTIL = {
    StopOn.READ: "somebody reads it",
    StopOn.DELIVERED: "a vendor reports that it was delivered",
    StopOn.ACKNOWLEDGED: "somebody acknowledges it",
}
