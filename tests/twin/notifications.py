"""Requests, idempotency records and groups in memory."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.request import IdempotencyRecord, NotificationRequest
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Between, ExistsError, NotificationRef, Page
from tests.twin.rows import Rows, page_of

DAY: Final = 86_400_000


@dataclass
class TwinRequests:
    """`ports.Requests` in memory. Rows do not expire here; of `ttl` only what `keep` said is known."""

    rows: Rows

    def put(self, request: NotificationRequest, ttl: int) -> None:
        with self.rows.step():
            place = (request.tenant, request.id)
            if place in self.rows.requests:
                raise ExistsError
            self.rows.requests[place] = request

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationRequest | None:
        return self.rows.requests.get((tenant, id))

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationRequest]:
        return {id: self.rows.requests[tenant, id] for id in ids if (tenant, id) in self.rows.requests}

    def keep(self, ref: NotificationRef, ttl: int) -> None:
        with self.rows.step():
            place = (ref.tenant, ref.id)
            if place in self.rows.requests:
                self.rows.kept[place] = max(ttl, self.rows.kept.get(place, ttl))

    def of_user(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        def is_theirs(request: NotificationRequest) -> bool:
            return (request.recipient.user_type, request.recipient.user_id) == (user_type, user_id)

        return self._newest_first(filter(is_theirs, self._of(tenant)), span, limit, after)

    def of_tenant(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[NotificationId]:
        return self._newest_first(self._of(tenant), span, limit, after)

    def _of(self, tenant: TenantId) -> Iterable[NotificationRequest]:
        return [request for request in self.rows.requests.values() if request.tenant == tenant]

    def _newest_first(
        self, requests: Iterable[NotificationRequest], span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        wanted = [request for request in requests if span.start <= request.accepted_at < span.end]
        wanted.sort(key=lambda request: (request.accepted_at, request.id), reverse=True)
        return page_of([request.id for request in wanted], limit, after)


@dataclass
class TwinRecords:
    """`ports.IdempotencyRecords` in memory."""

    rows: Rows

    def begin(self, tenant: TenantId, record: IdempotencyRecord, now: Millis) -> IdempotencyRecord:
        with self.rows.step():
            earlier = self.find(tenant, record.route, record.key, now)
            if earlier is not None:
                return earlier
            self.rows.records[tenant, record.route, record.key] = record
            return record

    def find(self, tenant: TenantId, route: str, key: str, now: Millis) -> IdempotencyRecord | None:
        found = self.rows.records.get((tenant, route, key))
        return found if found is not None and found.accepted_at > now - DAY else None


@dataclass
class TwinCancelledGroups:
    """`ports.CancelledGroups` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def add(self, tenant: TenantId, group: CancelGroup, ids: Sequence[NotificationId], request: str, ttl: int) -> None:
        with self.rows.step():
            self.rows.members.setdefault((tenant, group), {})[request] = tuple(ids)

    def members(self, tenant: TenantId, group: CancelGroup) -> Iterator[NotificationId]:
        with self.rows.step():
            of_requests = self.rows.members.get((tenant, group), {})
            return iter([id for request in sorted(of_requests) for id in of_requests[request]])

    def cancel(self, tenant: TenantId, group: CancelGroup, at: Millis, ttl: int) -> Millis:
        with self.rows.step():
            place = (tenant, group)
            self.rows.tombstones[place] = max(at, self.rows.tombstones.get(place, at))
            return self.rows.tombstones[place]

    def cancelled(self, tenant: TenantId, groups: Collection[CancelGroup]) -> dict[CancelGroup, Millis]:
        places = self.rows.tombstones
        return {group: places[tenant, group] for group in groups if (tenant, group) in places}
