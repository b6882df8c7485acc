"""A user's own inbox: many notifications at once."""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.route import Routes
from chalicelib.api.users_inbox import INBOX
from chalicelib.api.users_models import Deleted, Deletion, Ids, Updated, owner_of
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.value import Millis

routes = Routes(__name__, tag="Inbox")
PATIENCE: Final = 5_000
"""How long, in milliseconds, one call goes on with the next hundred before it answers that more are left."""


@routes.add(
    "POST",
    INBOX + "/mark-read",
    needs=Permission.OWN,
    summary="Mark several of my notifications read",
    body=Ids,
    answer=Updated,
)
@routes.add(
    "POST",
    INBOX + "/read-multiple",
    needs=Permission.OWN,
    summary="Mark several of my notifications read",
    body=Ids,
    answer=Updated,
)
def read_multiple(call: Call, body: Ids) -> Updated:
    """Mark those of the ids read that are the caller's."""
    return Updated.of(bootstrap.inbox_many().read(owner_of(call), body.ids))


@routes.add(
    "POST",
    INBOX + "/read-all",
    needs=Permission.OWN,
    summary="Mark all of my notifications read",
    answer=Updated,
)
@routes.add(
    "POST",
    INBOX + "/mark-all-read",
    needs=Permission.OWN,
    summary="Mark all of my notifications read",
    answer=Updated,
)
def mark_all_read(call: Call) -> Updated:
    """Mark all read that wait to be read."""
    return Updated.of(bootstrap.inbox_many().read_all(owner_of(call), Millis(call.now + PATIENCE)))


@routes.add(
    "DELETE",
    INBOX,
    needs=Permission.OWN,
    summary="Delete several of my notifications, by ids or by a filter",
    query=Deletion,
    body=Ids,
    body_required=False,
    answer=Deleted,
)
def delete_many(call: Call, query: Deletion, body: Ids | None = None) -> Deleted:
    """Delete the ids of the body or the query that are the caller's, or else all that the filters admit."""
    owner, filters = owner_of(call), query.model_fields_set - {"ids"}
    named = [ids for ids in (query.ids, body and body.ids) if ids]
    if len(named) + bool(filters) != 1:
        detail = "Either ids or filters say what to delete"
        raise InvalidInputError(faults=[Fault(pointer="/ids", code="either_or", detail=detail)])
    if named:
        return Deleted.of(bootstrap.inbox_many().delete(owner, named[0]))
    deadline = Millis(call.now + PATIENCE)
    return Deleted.of(bootstrap.inbox_many().delete_matching(owner, query.wanted(), deadline))
