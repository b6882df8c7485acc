"""Digests: what would go out one by one is collected for a while and told in one notification.

Per recipient and category there is one row (`DigestWindow`); each change of it replaces the version that was read, and
whoever finds another version reads again.

Joining appends a notification to the open window, or opens one. Whoever opens one sets the timer first: a window
without a timer never is, a timer without a window finds nothing to do. The state of the notification then says which
window it is in.

Closing, when the timer fires: a window that moved on meanwhile sets the timer anew. Otherwise its entries are sealed,
so that what comes now opens the next window, and then told: the states of all entries say which window they are in,
one request is put whose id derives from the window, the seal is removed. Whoever dies in between is followed by the
same message, and goes on from what the row says; a request that is there has been put before. A full window is sealed
by whoever brings one entry more, with a timer for at once; should another be sealed still, that one is told first.

So each notification is in one window, and each window is told in one request. A repeated join finds the notification
in the row as long as it is there, and it is removed only when its state says so. That is why a join looks at the row
first and at the state second, and appends only to the row it has looked at.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.digest import DigestKey, DigestRule, DigestWindow
from chalicelib.domain.errors import BusyError, NotFoundError
from chalicelib.domain.groups import groups_of, is_covered
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.services.digest_layout import digest_data
from chalicelib.services.digest_request import TEMPLATE, Told, digest_request, is_news
from chalicelib.services.ports import (
    CancelledGroups,
    DigestWindows,
    ExistsError,
    NotificationRef,
    Requests,
    StaleVersionError,
    States,
    TenantLookup,
    Timers,
)
from chalicelib.services.say import Say

TRIES: Final = 30
"""How often a row is read that others keep changing: each time one of them has got on."""


@dataclass(frozen=True, slots=True)
class Digests:
    """The use cases: put a notification into a digest, and tell a digest whose time has come."""

    requests: Requests
    states: States
    tenants: TenantLookup
    groups: CancelledGroups
    windows: DigestWindows
    timers: Timers
    say: Say

    def join(
        self, request: NotificationRequest, state: NotificationState, rule: DigestRule | None, now: Millis
    ) -> NotificationState:
        """Put a notification into the window that is open for its recipient and category; return its state, which says
        into which. Joining twice is joining once. Without a rule (it was removed since) the window closes at once.

        Raises
        ------
        NotFoundError
            The tenant is gone.
        BusyError
            Others keep changing the window.
        """
        ref = NotificationRef(state.tenant, state.id)
        key = DigestKey(user_type=state.user_type, user_id=state.user_id, category=request.category)
        for _ in range(TRIES):
            window = self.windows.get(ref.tenant, key)
            if window.holding(ref.id) is None:
                stored = self.states.get(ref.tenant, ref.id)
                if stored is not None and stored.digest is not None:
                    return stored
                try:
                    window = self._joined(ref, key, window, rule, now)
                except StaleVersionError:
                    continue
            name = window.holding(ref.id)
            if name is not None:
                return self.states.join_digest(ref, name)
        raise BusyError("others keep changing the digest")

    def close(self, tenant: TenantId, id: str, now: Millis) -> None:
        """Tell the digest of an id (`DigestKey.id`), if its window is to close by `now`; else see that it comes back.

        Raises
        ------
        InvalidIdError
            No digest has such an id.
        NotFoundError
            The tenant is gone.
        BusyError
            Others keep changing the window.
        """
        key = DigestKey.parse(id)
        window = self.windows.get(tenant, key)
        for _ in range(TRIES):
            if not (window.sealed or window.entries):
                return None
            if not window.sealed and window.closes_at > now:
                return self.timers.schedule(_due(tenant, key), window.closes_at)
            try:
                window = self._brought_on(tenant, key, window, now)
            except StaleVersionError:
                window = self.windows.get(tenant, key)
        raise BusyError("others keep changing the digest")

    def _brought_on(self, tenant: TenantId, key: DigestKey, window: DigestWindow, now: Millis) -> DigestWindow:
        if window.sealed:
            return self._told(tenant, key, window, now)
        return self._put(tenant, key, window.closed(), now)

    def _joined(
        self, ref: NotificationRef, key: DigestKey, window: DigestWindow, rule: DigestRule | None, now: Millis
    ) -> DigestWindow:
        """Return the window with one more entry, or, where it must be told before it can take one, told."""
        if window.full and window.sealed:
            return self._told(ref.tenant, key, window, now)
        joined = window.joined(ref.id, rule, now)
        if len(joined.entries) == 1:
            self.timers.schedule(_due(ref.tenant, key), joined.closes_at)
        if window.full:
            self.timers.schedule(_due(ref.tenant, key), now)
        return self._put(ref.tenant, key, joined, now)

    def _told(self, tenant: TenantId, key: DigestKey, window: DigestWindow, now: Millis) -> DigestWindow:
        told = self._news(tenant, window.sealed, now)
        if told:
            # One that is there was put by somebody who did not come to remove the seal.
            with suppress(ExistsError):
                self.requests.put(self._request(tenant, window.sealed[0], told, now), self._ttl(tenant, now))
        return self._put(tenant, key, window.told(), now)

    def _news(self, tenant: TenantId, entries: Sequence[NotificationId], now: Millis) -> list[Told]:
        """Return what is worth telling of a sealed window, in the order of acceptance."""
        found = self.states.get_many(tenant, entries)
        states = [self._in_window(state, entries[0]) for state in found.values()]
        requests = self.requests.get_many(tenant, entries)
        news = [(requests[state.id], state) for state in states if state.id in requests and is_news(state, now)]
        cancelled = self._cancelled(tenant, [request for request, _ in news])
        kept = [(request, state) for request, state in news if request.id not in cancelled]
        return sorted(kept, key=lambda entry: (entry[0].accepted_at, entry[0].id))

    def _request(self, tenant: TenantId, window: str, told: Sequence[Told], now: Millis) -> NotificationRequest:
        found = self.tenants.get(tenant)
        if found is None:
            raise NotFoundError
        said = [(self.say.to_owner(request, found), state) for request, state in told]
        return digest_request(tenant, window, said, self._template(tenant, said), now)

    def _template(self, tenant: TenantId, said: Sequence[Told]) -> int | None:
        """Return the version of the tenant's template for digests, if there is one that takes what there is to tell."""
        version = self.say.templates.published(tenant, TEMPLATE)
        if version is None or self.say.rendering().data_faults(version, digest_data([request for request, _ in said])):
            return None
        return version.number

    def _in_window(self, state: NotificationState, name: str) -> NotificationState:
        if state.digest is not None:
            return state
        return self.states.join_digest(NotificationRef(state.tenant, state.id), name)

    def _cancelled(self, tenant: TenantId, requests: Sequence[NotificationRequest]) -> set[NotificationId]:
        """Return those that a group's tombstone covers, for their own states may not say so yet."""
        tombstones = self.groups.cancelled(tenant, {group for request in requests for group in groups_of(request)})
        return {
            request.id
            for request in requests
            if any(group in tombstones and is_covered(request, tombstones[group]) for group in groups_of(request))
        }

    def _put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, now: Millis) -> DigestWindow:
        return self.windows.put(tenant, key, window, self._ttl(tenant, max(now, window.closes_at)))

    def _ttl(self, tenant: TenantId, since: Millis) -> int:
        found = self.tenants.get(tenant)
        if found is None:
            raise NotFoundError
        return found.keeps_until(since)


def _due(tenant: TenantId, key: DigestKey) -> Due:
    return Due(tenant=tenant, kind=DueKind.DIGEST, id=key.id)
