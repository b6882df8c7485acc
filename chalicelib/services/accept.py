"""Accepting a send: one conditional write per notification, after which nothing is lost.

A request with an `Idempotency-Key` first writes one record. Whoever repeats the request finds the record, and with it
the same ids: what a crash left out is written then, and the answer is the same, whatever became of the template,
provider or policy since.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from chalicelib.domain.errors import (
    IdempotencyMismatchError,
    InvalidInputError,
    NotFoundError,
    RequestInProgressError,
    TemplateNotFoundError,
    TenantSuspendedError,
)
from chalicelib.domain.groups import groups_of
from chalicelib.domain.ids import NotificationId, RequestId, TenantId, derived_id, time_ordered_id
from chalicelib.domain.request import IdempotencyRecord, NotificationRequest
from chalicelib.domain.tenant import Tenant, TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.services.concurrently import concurrently
from chalicelib.services.order import Order, Stamp, requests_of
from chalicelib.services.order_rules import passed_dates, unknown_policy, unknown_providers
from chalicelib.services.ports import (
    CancelledGroups,
    ExistsError,
    IdempotencyRecords,
    PolicyLookup,
    ProviderLookup,
    Requests,
    TenantLookup,
)

IN_PROGRESS_FOR: Final = 30_000
"""How long, in milliseconds, the first request under a key is left alone before a repetition completes it."""


class IdempotencyKey(msgspec.Struct, frozen=True):
    """A caller's key, the route it was used on and the digest of the body it came with."""

    route: str
    key: str
    body_hash: str


class Acceptance(msgspec.Struct, frozen=True):
    """The answer: the ids in the order of the recipients, and whether it had been given before."""

    request_id: RequestId
    ids: tuple[NotificationId, ...]
    replayed: bool = False


class Accept(msgspec.Struct, frozen=True):
    """The use case: turn an order into stored requests."""

    requests: Requests
    records: IdempotencyRecords
    tenants: TenantLookup
    providers: ProviderLookup
    policies: PolicyLookup
    groups: CancelledGroups
    fill: Callable[[Order], Order]
    """Pins an order to the version of its template, as `FillTemplate` does."""
    randomness: Callable[[int], bytes]
    concurrency: int = 10
    """Writes at a time."""

    def __call__(
        self,
        order: Order,
        *,
        sent_by: str,
        now: Millis,
        key: IdempotencyKey | None = None,
        correlation_id: str | None = None,
    ) -> Acceptance:
        """Store the order's notifications and return their ids.

        Raises
        ------
        NotFoundError, TenantSuspendedError
            The tenant does not exist, or may not send.
        InvalidInputError
            A time has passed, a provider override names no provider of the tenant, an escalation no policy of it, or
            the data is not what the template needs.
        TemplateNotFoundError
            The tenant has no such template, or none that is published.
        IdempotencyMismatchError
            The key was used with another body within 24 hours.
        RequestInProgressError
            The first request under the key is still running.
        """
        tenant = self._sending_tenant(order.tenant)
        stamp = Stamp(sent_by=sent_by, correlation_id=correlation_id)
        if key is not None:
            return self._accept_once(order, tenant, key, now, stamp)
        wanted = self._new_requests(self._checked(order, now), now, stamp)
        ttl = tenant.keeps_until(wanted[0].begins_at)
        self._join_groups(wanted, ttl)
        self._store(wanted, ttl)
        return Acceptance(request_id=wanted[0].request_id, ids=tuple(request.id for request in wanted))

    def prepare(
        self, order: Order, *, sent_by: str, now: Millis, correlation_id: str | None = None
    ) -> tuple[Tenant, list[NotificationRequest]]:
        """Return the tenant, and the requests that accepting the order would store, without storing them.

        Raises
        ------
        NotFoundError, TenantSuspendedError, InvalidInputError, TemplateNotFoundError
            As accepting it would.
        """
        tenant, stamp = self._sending_tenant(order.tenant), Stamp(sent_by=sent_by, correlation_id=correlation_id)
        return tenant, self._new_requests(self._checked(order, now), now, stamp)

    def _new_requests(self, order: Order, now: Millis, stamp: Stamp) -> list[NotificationRequest]:
        ids = tuple(NotificationId(time_ordered_id(now, self.randomness(10))) for _ in order.recipients)
        return requests_of(order, RequestId(time_ordered_id(now, self.randomness(10))), ids, now, stamp)

    def _sending_tenant(self, id: TenantId) -> Tenant:
        tenant = self.tenants.get(id)
        if tenant is None:
            raise NotFoundError("No such tenant")
        if tenant.status is not TenantStatus.ACTIVE:
            raise TenantSuspendedError
        return tenant

    def _checked(self, order: Order, now: Millis) -> Order:
        """Return the order as it can be accepted now: with the version of its template that is published."""
        faults = [
            *passed_dates(order, now),
            *unknown_providers(order, self.providers),
            *unknown_policy(order, self.policies),
        ]
        if faults:
            raise InvalidInputError(faults=faults)
        return self.fill(order)

    def _accept_once(self, order: Order, tenant: Tenant, key: IdempotencyKey, now: Millis, stamp: Stamp) -> Acceptance:
        mine = IdempotencyRecord(
            route=key.route,
            key=key.key,
            body_hash=key.body_hash,
            request_id=RequestId(time_ordered_id(now, self.randomness(10))),
            count=len(order.recipients),
            accepted_at=now,
        )
        record, order = self._begun(order, mine, now)
        ids = tuple(
            NotificationId(derived_id(order.tenant, record.request_id, str(position)))
            for position in range(record.count)
        )
        all_of_them = wanted = requests_of(order, record.request_id, ids, record.accepted_at, stamp)
        replayed = record.request_id != mine.request_id
        if replayed:
            wanted = self._left_out(order.tenant, all_of_them)
            if wanted and now - record.accepted_at < IN_PROGRESS_FOR:
                raise RequestInProgressError
        ttl = tenant.keeps_until(all_of_them[0].begins_at)
        if wanted:
            self._join_groups(all_of_them, ttl)
        self._store(wanted, ttl)
        return Acceptance(request_id=record.request_id, ids=ids, replayed=replayed)

    def _begun(self, order: Order, mine: IdempotencyRecord, now: Millis) -> tuple[IdempotencyRecord, Order]:
        """Return the record that holds under the key, and the order as it was accepted with it."""
        checked: Order | None = None
        try:
            checked = self._checked(order, now)
        except (InvalidInputError, TemplateNotFoundError):
            # Only then is a read of its own worth while: `begin` finds what there is in the same write.
            record = self.records.find(order.tenant, mine.route, mine.key, now)
            if record is None:
                raise
        else:
            record = self.records.begin(order.tenant, replace(mine, template_version=checked.template_version), now)
        if record.body_hash != mine.body_hash:
            raise IdempotencyMismatchError
        if checked is None or checked.template_version != record.template_version:
            checked = self.fill(order.pinned_to(record.template_version))
        return record, checked

    def _left_out(self, tenant: TenantId, wanted: list[NotificationRequest]) -> list[NotificationRequest]:
        stored = self.requests.get_many(tenant, [request.id for request in wanted])
        return [request for request in wanted if request.id not in stored]

    def _join_groups(self, requests: list[NotificationRequest], ttl: int) -> None:
        # Before the requests themselves: whoever cancels a group finds all of it that was accepted.
        first, ids = requests[0], [request.id for request in requests]
        for group in groups_of(first):
            self.groups.add(first.tenant, group, ids, first.request_id, ttl)

    def _store(self, requests: list[NotificationRequest], ttl: int) -> None:
        concurrently(lambda request: self._put(request, ttl), requests, self.concurrency)

    def _put(self, request: NotificationRequest, ttl: int) -> None:
        try:
            self.requests.put(request, ttl)
        except ExistsError:
            # Ids are never shared by different requests: a repetition that ran beside this one has written it.
            return
