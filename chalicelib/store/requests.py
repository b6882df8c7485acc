"""The immutable requests `R`, and the listings that find them."""

import heapq
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import chain
from typing import Final

from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.request import NotificationRequest
from chalicelib.services.ports import Between, ExistsError, NotificationRef, Page
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import FEED, HOUR, LISTING, SHARDS, Rows
from chalicelib.store.models import Item, RequestItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.paging import page_of
from chalicelib.store.table import ConditionFailedError, Raw, Table

HOURS_PER_PAGE: Final = 24
"""How many hours of a tenant's listing one call looks at: each costs eight queries, whatever is in it."""
_IN_KEY: Final = ("tenant", "id")


class RequestRows:
    """`ports.Requests` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, request: NotificationRequest, ttl: int) -> None:
        """Store a request; see `ports.Requests.put`."""
        tenant, who = request.tenant, request.recipient
        moment = keys.moment(request.accepted_at, request.id)
        item = RequestItem(
            *keys.request(tenant, request.id),
            ttl=ttl,
            feed=keys.feed(tenant, who.user_type, who.user_id),
            feed_moment=moment,
            listing=keys.listing(tenant, request.accepted_at // HOUR, keys.shard_of(request.id)),
            listing_moment=moment,
            body=pack(request, without=_IN_KEY),
        )
        try:
            self._table.put(item, RequestItem.pk.does_not_exist())
        except ConditionFailedError as failed:
            raise ExistsError from failed

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationRequest | None:
        """Return a request. It never changes, so any copy of it is right; only that there is none is verified."""
        key = keys.request(tenant, id)
        item = self._table.get(RequestItem, key, consistent=False) or self._table.get(RequestItem, key)
        return _request(item) if item else None

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationRequest]:
        """Return those of the requests that exist."""
        items = self._table.get_many(RequestItem, [keys.request(tenant, id) for id in ids])
        return {request.id: request for request in map(_request, items)}

    def keep(self, ref: NotificationRef, ttl: int) -> None:
        """Keep a request and its state until `ttl` at least; see `ports.Requests.keep`."""
        goes_before = Item.pk.exists() & (Item.ttl < ttl)
        for key in (keys.request(ref.tenant, ref.id), keys.state(ref.tenant, ref.id)):
            with suppress(ConditionFailedError):
                self._table.update(key, [Item.ttl.set(ttl)], goes_before)

    def of_user(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return ids of a user's notifications, newest first."""
        rows = Rows(keys.feed(tenant, user_type, user_id), keys.stamp(span.start), after or keys.stamp(span.end))
        found = self._table.query(rows, index=FEED, newest_first=True, page=limit + 1)
        return page_of(found, limit, lambda row: keys.id_in(row["GSI1SK"]["S"]), lambda row: row["GSI1SK"]["S"])

    def of_tenant(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[NotificationId]:
        """Return ids of a tenant's notifications, newest first.

        Looks at no more than `HOURS_PER_PAGE` hours: a page may be short, even empty, and still not be the last.
        """
        low, high = keys.stamp(span.start), after or keys.stamp(span.end)
        newest, oldest = keys.last_instant(high) // HOUR, int(low) // HOUR
        cut = max(oldest, newest - HOURS_PER_PAGE + 1)
        hours = (self._hour(tenant, hour, low, high, limit) for hour in range(newest, cut - 1, -1))
        page = page_of(chain.from_iterable(hours), limit, lambda row: keys.id_in(_moment(row)), _moment)
        if page.next is None and cut > oldest:
            return Page(page.items, keys.stamp(cut * HOUR))
        return page

    def _hour(self, tenant: TenantId, hour: int, low: str, high: str, limit: int) -> Iterator[Raw]:
        """Yield the rows of an hour, newest first. Shards are read in small pages, no further than they are needed."""
        page = limit // SHARDS + SHARDS
        shards = (
            self._table.query(
                Rows(keys.listing(tenant, hour, shard), low, high), index=LISTING, newest_first=True, page=page
            )
            for shard in range(SHARDS)
        )
        return heapq.merge(*shards, key=_moment, reverse=True)


def _request(item: RequestItem) -> NotificationRequest:
    ref = keys.notification_in(item.pk)
    return unpack(item.body, NotificationRequest, tenant=ref.tenant, id=ref.id)


def _moment(row: Raw) -> str:
    moment: str = row["GSI2SK"]["S"]
    return moment
