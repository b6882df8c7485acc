"""Sending for people with the role to do it."""

from chalicelib.api.call import Call
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.send import SEND_ERRORS, send
from chalicelib.api.send_answers import SentAnswer
from chalicelib.api.send_body import MAX_BODY, SendBody
from chalicelib.auth.permissions import Permission
from chalicelib.domain.rate_limit import Limit

routes = Routes(__name__, tag="Administration: notifications")


@routes.add(
    "POST",
    "/api/v1/admin/notifications/send",
    needs=Permission.MANAGE,
    summary="Send a notification to up to 100 recipients",
    body=SendBody,
    answer=SentAnswer,
    status=202,
    idempotent=True,
    max_body=MAX_BODY,
    raises=SEND_ERRORS,
    limit=Limit.SEND,
)
def send_as_person(call: Call, body: SendBody) -> Reply:
    """Accept a send; what is accepted is never lost."""
    return send(call, body)
