"""Sending for services. A file of its own, for it is what the API starts with (`resources.AT_START`)."""

from chalicelib.api.call import Call
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.send import SEND_ERRORS, send
from chalicelib.api.send_answers import SentAnswer
from chalicelib.api.send_body import MAX_BODY, SendBody
from chalicelib.auth.permissions import Permission

routes = Routes(__name__, tag="Notifications")


@routes.add(
    "POST",
    "/api/v1/services/notifications/send",
    needs=Permission.SEND,
    summary="Send a notification to up to 100 recipients",
    body=SendBody,
    answer=SentAnswer,
    status=202,
    idempotent=True,
    max_body=MAX_BODY,
    raises=SEND_ERRORS,
)
def send_notification(call: Call, body: SendBody) -> Reply:
    """Accept a send; what is accepted is never lost."""
    return send(call, body)
