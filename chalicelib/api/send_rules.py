"""The rules of a send that no type can say. Adding a rule is adding a function and a line in RULES."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec
from pydantic.alias_generators import to_camel

from chalicelib.api.send_body import SendBody, UserIds
from chalicelib.domain.content import AlertAction
from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import DEFAULT_USER_TYPE, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Strategy
from chalicelib.services.attachment_rules import attachment_faults
from chalicelib.services.input_rules import recipient_faults

DAYS_AHEAD: Final = {"sendAt": 360, "expiresAt": 400}
"""How far ahead a time may lie."""
_DAY: Final = 86_400_000

_ALTERNATIVES: Final = (
    ("channel", "channels"),
    ("priority", "notification_priority"),
    ("strategy", "delivery_strategy"),
    ("subject", "content"),
    ("recipients", "recipient_user_type"),
    ("send_at", "send_at_local"),
)
_NOT_AVAILABLE: Final = ("topic", "audience")


class Send(msgspec.Struct, frozen=True):
    """What the rules look at: the body of a send, the tenant that sends, and the time."""

    body: SendBody
    tenant: Tenant
    now: Millis


Rule = Callable[[Send], Iterable[Fault]]


def faults_of_send(send: Send) -> list[Fault]:
    """Return all that is wrong with a send."""
    return [fault for rule in RULES for fault in rule(send)]


def placed_recipients(body: SendBody) -> list[tuple[str, Recipient]]:
    """Return the recipients of a send, each with the JSON pointer to where it stands."""
    match body.recipients:
        case UserIds(user_ids=ids):
            return [(f"/recipients/userIds/{place}", _stored(id, None)) for place, id in enumerate(ids)]
        case list() as recipients:
            return [(f"/recipients/{place}", each.as_recipient()) for place, each in enumerate(recipients)]
    if body.recipient_ids is not None:
        ids, user_type = body.recipient_ids, body.recipient_user_type
        return [(f"/recipientIds/{place}", _stored(id, user_type)) for place, id in enumerate(ids)]
    if body.recipient_user_id is not None:
        return [("/recipientUserId", _stored(body.recipient_user_id, body.recipient_user_type))]
    return []


def _somebody_to_notify(send: Send) -> Iterator[Fault]:
    names = ("recipients", "recipient_ids", "recipient_user_id", "topic", "audience")
    yield from _exactly_one(send, names, "Say whom to notify")


def _something_to_say(send: Send) -> Iterator[Fault]:
    yield from _exactly_one(
        send, ("content", "template", "body", "message"), "Either a template or a content is needed"
    )


def _said_once(send: Send) -> Iterator[Fault]:
    for names in _ALTERNATIVES:
        yield from _at_most_one(send, names)


def _available(send: Send) -> Iterator[Fault]:
    for name in _given(send, _NOT_AVAILABLE):
        yield Fault(pointer=f"/{to_camel(name)}", code="not_available", detail="This is not available yet")


def _near_enough(send: Send) -> Iterator[Fault]:
    for name, moment in (("sendAt", send.body.send_at), ("expiresAt", send.body.expires_at)):
        if moment is not None and moment > send.now + DAYS_AHEAD[name] * _DAY:
            detail = f"This time is more than {DAYS_AHEAD[name]} days ahead"
            yield Fault(pointer=f"/{name}", code="date_too_far", detail=detail)


def _sent_before_it_expires(send: Send) -> Iterator[Fault]:
    send_at, expires_at = send.body.send_at, send.body.expires_at
    if send_at is not None and expires_at is not None and expires_at <= send_at:
        yield Fault(pointer="/expiresAt", code="expires_before_sent", detail="It would expire before it is sent")


def _escalation_meant(send: Send) -> Iterator[Fault]:
    strategy = send.body.strategy or send.body.delivery_strategy
    if send.body.escalation is not None and strategy is Strategy.BROADCAST:
        yield Fault(pointer="/escalation", code="conflicting_fields", detail="A broadcast does not escalate")


def _reachable(send: Send) -> Iterator[Fault]:
    for place, recipient in placed_recipients(send.body):
        yield from recipient_faults(recipient, place)


def _each_recipient_once(send: Send) -> Iterator[Fault]:
    seen: Counter[tuple[UserType, UserId]] = Counter()
    for place, recipient in placed_recipients(send.body):
        who = (recipient.user_type, recipient.user_id)
        seen[who] += 1
        if seen[who] == 2:  # noqa: PLR2004 (the second time is one too many)
            yield Fault(pointer=place, code="duplicate_recipient", detail="This recipient is named before")


def _links_allowed(send: Send) -> Iterator[Fault]:
    content = send.body.content
    if content is None:
        return
    if content.action_url is not None and not _is_link(content.action_url, send.tenant.settings.url_schemes):
        detail = "A link needs the scheme https, or one that the tenant allows"
        yield Fault(pointer="/content/actionUrl", code="invalid_url", detail=detail)
    if content.push is not None and content.push.image is not None and not _is_link(content.push.image, ()):
        yield Fault(pointer="/content/push/image", code="invalid_url", detail="An image needs an https address")


def _attachments_sent(send: Send) -> Iterator[Fault]:
    content = send.body.content
    if content is not None and content.email is not None:
        yield from attachment_faults(content.email.content().attachments, send.tenant.id, "/content/email/attachments")


def _incident_named(send: Send) -> Iterator[Fault]:
    alert = send.body.content and send.body.content.alert
    if alert and alert.action is not AlertAction.TRIGGER and alert.dedup_key is None:
        detail = "What is acknowledged or resolved is the incident of this key"
        yield Fault(pointer="/content/alert/dedupKey", code="required", detail=detail)


RULES: Final[tuple[Rule, ...]] = (
    _somebody_to_notify,
    _something_to_say,
    _said_once,
    _available,
    _near_enough,
    _sent_before_it_expires,
    _escalation_meant,
    _reachable,
    _each_recipient_once,
    _links_allowed,
    _attachments_sent,
    _incident_named,
)


def _exactly_one(send: Send, names: tuple[str, ...], wanted: str) -> Iterator[Fault]:
    if not _given(send, names):
        yield Fault(pointer=f"/{names[0]}", code="required", detail=wanted)
    yield from _at_most_one(send, names)


def _at_most_one(send: Send, names: tuple[str, ...]) -> Iterator[Fault]:
    given = [to_camel(name) for name in _given(send, names)]
    if len(given) > 1:
        detail = f"Only one of {', '.join(given)} may be given"
        yield from (Fault(pointer=f"/{name}", code="conflicting_fields", detail=detail) for name in given)


def _given(send: Send, names: Iterable[str]) -> list[str]:
    return [name for name in names if getattr(send.body, name) is not None]


def _is_link(text: str, schemes: Iterable[str]) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    if " " in text or "\\" in text:
        return False
    if url.scheme == "https":
        # What stands before an @ only serves to make a host look like another.
        return bool(url.hostname) and url.username is None
    return url.scheme in schemes and len(text) > len(url.scheme) + 1


def _stored(user_id: UserId, user_type: UserType | None) -> Recipient:
    return Recipient(user_id=user_id, user_type=user_type or DEFAULT_USER_TYPE)
