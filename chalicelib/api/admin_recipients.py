"""Administering stored recipients."""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.path import user
from chalicelib.api.personal import as_seen_by
from chalicelib.api.recipient_models import RecipientAnswer, StoredRecipientBody
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: recipients")
RECIPIENT: Final = "/api/v1/admin/recipients/{userType}/{userId}"


@routes.add(
    "GET",
    RECIPIENT,
    needs=Permission.VIEW,
    summary="Look at a stored recipient; addresses are masked for viewers and managers",
    answer=RecipientAnswer,
    raises=(NotFoundError,),
)
def view_recipient(call: Call, user_type: str, user_id: str) -> RecipientAnswer:
    """Answer a recipient."""
    stored = bootstrap.manage_recipients().get(call.tenant, *user(user_type, user_id))
    return RecipientAnswer.of(as_seen_by(call.principal, stored))


@routes.add(
    "PUT",
    RECIPIENT,
    needs=Permission.ADMINISTER,
    summary="Store a recipient, or replace one",
    body=StoredRecipientBody,
    answer=RecipientAnswer,
    raises=(NotFoundError,),
)
def store_recipient(call: Call, body: StoredRecipientBody, user_type: str, user_id: str) -> Reply:
    """Store a recipient. 201 when it is new."""
    recipient = body.to_recipient(*user(user_type, user_id))
    new = bootstrap.manage_recipients().put(call.tenant, recipient, Actor(call.principal, call.now))
    return Reply(RecipientAnswer.of(recipient), status=201 if new else 200)


@routes.add(
    "DELETE",
    RECIPIENT,
    needs=Permission.ADMINISTER,
    summary="Remove a stored recipient",
    status=204,
    raises=(NotFoundError,),
)
def remove_recipient(call: Call, user_type: str, user_id: str) -> None:
    """Remove a recipient; their notifications stay."""
    bootstrap.manage_recipients().delete(call.tenant, *user(user_type, user_id), Actor(call.principal, call.now))
