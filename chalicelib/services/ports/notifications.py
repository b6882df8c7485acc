"""Notifications: their names, requests and states, and what refuses a change of any row."""

from collections.abc import Collection, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import IdempotencyRecord, NotificationRequest
from chalicelib.domain.state import DeliveryChange, Move, NotificationState, Relay
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel

T = TypeVar("T")


class NotificationRef(msgspec.Struct, frozen=True):
    """The key of a notification: all that a queue message says."""

    tenant: TenantId
    id: NotificationId


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a listing. `next` is where the following ones begin, None at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Between(msgspec.Struct, frozen=True):
    """A half-open span of time: from `start` (included) to `end` (excluded)."""

    start: Millis
    end: Millis


class RefusedChangeError(Exception):
    """A conditional change did not apply. `state` is what is stored instead, None when there is nothing."""

    def __init__(self, state: NotificationState | None) -> None:
        super().__init__("the state does not allow the change")
        self.state = state


class ExistsError(Exception):
    """A row of this key exists already."""


class StaleVersionError(Exception):
    """The row was changed or removed since it was read."""


class Requests(Protocol):
    """The immutable requests `R` and the listings of them."""

    def put(self, request: NotificationRequest, ttl: int) -> None:
        """Store a request; raises ExistsError when its id is taken. `ttl` is in seconds since the epoch."""

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationRequest | None:
        """Return a request; one that was put before is found."""

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationRequest]:
        """Return those of the requests that exist, by consistent reads."""

    def keep(self, ref: NotificationRef, ttl: int) -> None:
        """Keep a request and its state, if they exist, until `ttl` at least."""

    def of_user(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return ids of a user's notifications, newest first (an index read: it may lag)."""

    def of_tenant(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[NotificationId]:
        """Return ids of a tenant's notifications accepted in `span`, newest hour first (an index read)."""


class IdempotencyRecords(Protocol):
    """What is remembered of requests that came with an `Idempotency-Key`."""

    def begin(self, tenant: TenantId, record: IdempotencyRecord, now: Millis) -> IdempotencyRecord:
        """Store the record unless one of the same route and key is younger than 24 h; return what is stored, mine or
        the earlier. An older one is replaced in the same conditional write.
        """

    def find(self, tenant: TenantId, route: str, key: str, now: Millis) -> IdempotencyRecord | None:
        """Return the record that `begin` would, if it were not to store one, by a consistent read."""


class States(Protocol):
    """The states `N`, each change of which is one conditional update."""

    def put(self, state: NotificationState, ttl: int) -> NotificationState:
        """Store the first state unless there is one; return what is stored, mine or the earlier."""

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationState | None:
        """Return a state by a consistent read."""

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationState]:
        """Return those of the states that exist, by consistent reads."""

    def claim(
        self, ref: NotificationRef, channel: Channel, now: Millis, lease: Millis, move: Move | None = None
    ) -> NotificationState:
        """Begin the next attempt of a delivery where `domain.state.claimable` says FREE: status `sending`, attempt
        and tries one more, leased until `lease`; where there is a `move`, as the first try of that provider.
        Raises RefusedChangeError otherwise.
        """

    def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
        """Make the change where `DeliveryChange.applies_to` holds; RefusedChangeError otherwise.

        A change whose attempt is on record was made before: making it again returns the state.
        """

    def reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> NotificationState:
        """Queue a failed delivery anew for its `epoch`, first provider and no tries, where it is `failed` in epoch
        `epoch - 1`; RefusedChangeError otherwise. The attempt number goes on.
        """

    def deliver_in_app(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Make the in-app delivery `delivered` where it is FREE, and count it as unread; RefusedChangeError otherwise.

        Leaves no unread mark behind when refused, and repairs one that a crash left.
        """

    def relay(self, ref: NotificationRef, before: tuple[Relay, ...], after: tuple[Relay, ...]) -> NotificationState:
        """Replace the relays where they are still `before`; RefusedChangeError otherwise."""

    def join_digest(self, ref: NotificationRef, window: str) -> NotificationState:
        """Record the digest window a notification went into, once; RefusedChangeError when it is in another."""

    def cancel(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Mark a state cancelled, once; RefusedChangeError(None) when there is no state yet."""

    def mark_opened(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Record when its e-mail was opened, once; RefusedChangeError(None) when there is no state."""

    def mark_clicked(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Record when a link in its e-mail was followed, once; RefusedChangeError(None) when there is no state."""

    def read(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Mark it read, once, and remove the unread mark, together. RefusedChangeError when it is not the owner's,
        deleted, or there is no state.
        """

    def unread(self, ref: NotificationRef, owner: Recipient) -> NotificationState:
        """Undo `read`: the unread mark comes back if the in-app delivery had arrived. Refuses like `read`."""

    def acknowledge(self, ref: NotificationRef, owner: Recipient | None, now: Millis) -> NotificationState:
        """Mark it acknowledged and read, once. Refuses like `read`; without an `owner` it may be anybody's: somebody on
        duty acknowledged it.
        """

    def archive(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Mark it archived, once, and remove the unread mark. Refuses like `read`."""

    def delete(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Hide it from its owner for good (a tombstone) and remove the unread mark. Refuses like `read`."""

    def count_unread(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> int:
        """Return how many in-app notifications wait to be read, by a consistent read."""

    def list_unread(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return ids of the notifications that wait to be read, oldest first, by a consistent read."""


class CancelledGroups(Protocol):
    """Tombstones of groups, and who belongs to a group."""

    def add(self, tenant: TenantId, group: CancelGroup, ids: Sequence[NotificationId], request: str, ttl: int) -> None:
        """Record that the notifications accepted by `request` (its id) belong to a group."""

    def members(self, tenant: TenantId, group: CancelGroup) -> Iterator[NotificationId]:
        """Yield those recorded as belonging to a group, by consistent reads."""

    def cancel(self, tenant: TenantId, group: CancelGroup, at: Millis, ttl: int) -> Millis:
        """Write the tombstone: what was accepted until `at` is cancelled. Never moves back; returns what is stored."""

    def cancelled(self, tenant: TenantId, groups: Collection[CancelGroup]) -> dict[CancelGroup, Millis]:
        """Return the tombstones of those of the groups that have one, by consistent reads."""
