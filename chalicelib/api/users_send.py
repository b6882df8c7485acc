"""Users who send to themselves, where their tenant lets them."""

from typing import Annotated, Final

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.fields import ChannelName, FreeData, Moment, Name, PriorityName
from chalicelib.api.models import Body, Line
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.send import SEND_ERRORS, send
from chalicelib.api.send_answers import SentAnswer
from chalicelib.api.send_body import MAX_BODY, ContentBody, LongText, SendBody
from chalicelib.api.users_models import owner_of
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ForbiddenError
from chalicelib.domain.words import Strategy

routes = Routes(__name__, tag="Inbox")
ITSELF: Final = "/api/v1/users/me/notifications"


class SelfSendBody(Body):
    """A notification to oneself: `content`, or `body` with or without `subject`. It goes out on all channels at once,
    to the stored addresses.
    """

    content: ContentBody | None = None
    subject: Line | None = None
    body: LongText | None = None
    channels: Annotated[list[ChannelName], Field(min_length=1, max_length=10)] | None = None
    type: Name | None = None
    category: Name | None = None
    priority: PriorityName | None = None
    send_at: Moment | None = None
    expires_at: Moment | None = None
    metadata: FreeData = Field(default_factory=dict)


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
    return send(call, _to_oneself(call, body))


def _to_oneself(call: Call, body: SelfSendBody) -> SendBody:
    # Never an escalation: its policy may page people on duty.
    owner = owner_of(call)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    return SendBody.model_construct(
        **given, recipient_user_id=owner.user_id, recipient_user_type=owner.user_type, strategy=Strategy.BROADCAST
    )
