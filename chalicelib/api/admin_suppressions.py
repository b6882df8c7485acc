"""Administering the suppression list: addresses that nothing is sent to any more."""

from typing import Annotated, Self

from pydantic import StringConstraints

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.fields import ChannelName
from chalicelib.api.models import ONE_LINE, Answer, Body, Line, Query, Time
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.personal import sees_addresses
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.principal import Principal
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Actor
from chalicelib.services.suppress import masked

routes = Routes(__name__, tag="Administration: suppression list")
SUPPRESSIONS = "/api/v1/admin/suppressions"

Address = Annotated[str, StringConstraints(min_length=1, max_length=1_024), ONE_LINE]


class SuppressBody(Body):
    """An address that nothing is to be sent to. Putting it on the list again replaces what is said of it there."""

    channel: ChannelName
    address: Address
    reason: SuppressionReason = SuppressionReason.MANUAL
    note: Line | None = None


class ListQuery(PageQuery):
    """The list of a channel; with an `address` what it says of that one, if anything."""

    channel: ChannelName
    address: Address | None = None


class OneQuery(Query):
    """An address on a channel."""

    channel: ChannelName
    address: Address


class SuppressionAnswer(Answer):
    """An address on the list."""

    channel: Channel
    address: str
    reason: SuppressionReason
    note: str | None
    created_at: Time

    @classmethod
    def of(cls, suppression: Suppression, principal: Principal) -> Self:
        """Return what `principal` is told of an address."""
        return cls.model_validate(suppression if sees_addresses(principal) else masked(suppression))


class SuppressionPage(Answer):
    """A page of the list, in no telling order."""

    items: list[SuppressionAnswer]
    next_cursor: str | None


@routes.add(
    "GET",
    SUPPRESSIONS,
    needs=Permission.VIEW,
    summary="List the addresses that nothing is sent to; masked for viewers and managers",
    query=ListQuery,
    answer=SuppressionPage,
)
def list_suppressions(call: Call, query: ListQuery) -> SuppressionPage:
    """Answer a page of the list, or the one entry asked for."""
    if query.address is not None:
        found = bootstrap.suppress().find(call.tenant, query.channel, query.address)
        return SuppressionPage(items=[SuppressionAnswer.of(found, call.principal)] if found else [], next_cursor=None)
    page = bootstrap.suppress().list(call.tenant, query.channel, query.limit, opened(call, "suppressions", query))
    return SuppressionPage(
        items=[SuppressionAnswer.of(suppression, call.principal) for suppression in page.items],
        next_cursor=sealed(call, "suppressions", query, page.next),
    )


@routes.add(
    "POST",
    SUPPRESSIONS,
    needs=Permission.ADMINISTER,
    summary="Send nothing to an address any more",
    body=SuppressBody,
    answer=SuppressionAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
)
def suppress_address(call: Call, body: SuppressBody) -> Reply:
    """Put an address on the list. 201 when it is new there."""
    wanted = Suppression(
        channel=body.channel,
        address=body.address,
        reason=body.reason,
        created_at=call.now,
        note=body.note,
    )
    listed, is_new = bootstrap.suppress().put(call.tenant, wanted, Actor(call.principal, call.now))
    return Reply(SuppressionAnswer.of(listed, call.principal), status=201 if is_new else 200)


@routes.add(
    "DELETE",
    SUPPRESSIONS,
    needs=Permission.ADMINISTER,
    summary="Send to an address again",
    query=OneQuery,
    status=204,
    raises=(NotFoundError, ConflictError),
)
def release_address(call: Call, query: OneQuery) -> None:
    """Take an address off the list."""
    bootstrap.suppress().release(call.tenant, query.channel, query.address, Actor(call.principal, call.now))
