"""Users who send to themselves, where their tenant lets them: their own words, to nobody else, in nobody's name."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.fields import ChannelName, Moment, PriorityName
from chalicelib.api.models import Body, Line, fault
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.send import SEND_ERRORS, send
from chalicelib.api.send_answers import SentAnswer
from chalicelib.api.send_body import MAX_BODY, ContentBody, LongText, SendBody, Url
from chalicelib.api.users_models import owner_of
from chalicelib.auth.permissions import Permission
from chalicelib.domain.device import TOPIC
from chalicelib.domain.errors import Fault, ForbiddenError, InvalidInputError
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Priority, Strategy
from chalicelib.services.notification import Owner

routes = Routes(__name__, tag="Inbox")
ITSELF: Final = "/api/v1/users/me/notifications"

OWN: Final = (Channel.IN_APP, Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.WHATSAPP)
"""Channels that reach the user. On the others the tenant speaks: to its rooms, to those on duty, to programs."""
PRIORITIES: Final = (Priority.LOW, Priority.MEDIUM, Priority.HIGH)
"""What is critical passes all caps."""


def _own_channel(channel: Channel) -> Channel:
    if channel not in OWN:
        raise fault("not_allowed", "This channel reaches others than yourself")
    return channel


def _own_priority(priority: Priority) -> Priority:
    if priority not in PRIORITIES:
        raise fault("not_allowed", "What is for yourself is low, medium or high")
    return priority


OwnChannel = Annotated[
    ChannelName,
    AfterValidator(_own_channel),
    WithJsonSchema({"type": "string", "enum": [*map(str, OWN), "fcm", "database"]}),
]
OwnPriority = Annotated[
    PriorityName, AfterValidator(_own_priority), WithJsonSchema({"type": "string", "enum": [*map(str, PRIORITIES)]})
]


class OwnContentBody(Body):
    """What users say to themselves: words and a link."""

    subject: Line | None = None
    body: LongText
    action_url: Url | None = None


class SelfSendBody(Body):
    """A notification to oneself: `content`, or `body` with or without `subject`. It goes out on all channels at once,
    to the stored addresses; channels left out are those of the tenant that reach the user, else the inbox.

    All else of a send is the tenant's to say: there are no files, HTML, blocks, templates, data or types of one's own.
    """

    content: OwnContentBody | None = None
    subject: Line | None = None
    body: LongText | None = None
    channels: Annotated[list[OwnChannel], Field(min_length=1, max_length=10)] | None = None
    priority: OwnPriority | None = None
    send_at: Moment | None = None
    expires_at: Moment | None = None


@routes.add(
    "POST",
    ITSELF,
    needs=Permission.OWN,
    summary="Send a notification to myself",
    body=SelfSendBody,
    answer=SentAnswer,
    status=202,
    idempotent=True,
    max_body=MAX_BODY,
    raises=(*SEND_ERRORS, ForbiddenError),
)
def send_to_oneself(call: Call, body: SelfSendBody) -> Reply:
    """Accept a send to the caller; what is accepted is never lost."""
    tenant = bootstrap.known_tenants().get(call.tenant)
    if tenant is None or not tenant.settings.self_notification:
        raise ForbiddenError("The tenant does not let users send to themselves")
    return send(call, _to_oneself(owner_of(call), tenant, body))


def _to_oneself(owner: Owner, tenant: Tenant, body: SelfSendBody) -> SendBody:
    given = {name: getattr(body, name) for name in body.model_fields_set}
    if body.content is not None:
        given["content"] = ContentBody.model_construct(**dict(body.content))
    given["channels"] = body.channels or _offered(tenant)
    if Channel.PUSH in given["channels"]:
        _refuse_topics(owner)
    # Never an escalation: its policy may page people on duty.
    return SendBody.model_construct(
        **given, recipient_user_id=owner.user_id, recipient_user_type=owner.user_type, strategy=Strategy.BROADCAST
    )


def _offered(tenant: Tenant) -> list[Channel]:
    return [channel for channel in tenant.configuration.channels if channel in OWN] or [Channel.IN_APP]


def _refuse_topics(owner: Owner) -> None:
    """Raise InvalidInputError when a topic of FCM's was stored as a device of the user: all who subscribed get it."""
    stored = bootstrap.recipients().get(owner.tenant, owner.user_type, owner.user_id)
    if stored is not None and any(token.startswith(TOPIC) for token in stored.device_tokens):
        detail = "Your push notifications reach others than yourself"
        raise InvalidInputError(faults=[Fault(pointer="/channels", code="not_allowed", detail=detail)])
