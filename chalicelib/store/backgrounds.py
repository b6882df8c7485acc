"""What is known of the person a notification goes to, and of the groups it belongs to: rows of several kinds, read in
one call.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from chalicelib.domain.allowance import Usage
from chalicelib.domain.groups import groups_of, is_covered
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.suppression import Suppression, address_hash
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Background
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import Key
from chalicelib.store.models import CancelledGroupItem, DocumentItem, Item, SuppressionItem, UsageItem
from chalicelib.store.packing import unpack
from chalicelib.store.table import Table

I = TypeVar("I", bound=Item)  # noqa: E741
Found = Mapping[Key, Item]


class BackgroundRows:
    """`ports.Backgrounds` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def when_deciding(self, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
        """Return the background; what is said of groups by a consistent read of its own, all else from any copy.

        A person's rows cost half a read unit each, whether they exist or not, a group one.
        """
        groups = _groups(request)
        person = [_preferences(request), _usage(request), *_listed(request, addresses).values()]
        found = self._read(person, consistent=False) | (self._read(groups, consistent=True) if groups else {})
        return _background(found, request, addresses)

    def when_sending(self, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
        """Return the background by consistent reads, without the usage."""
        rows = [_preferences(request), *_listed(request, addresses).values(), *_groups(request)]
        return _background(self._read(rows, consistent=True), request, addresses)

    def _read(self, rows: list[Key], *, consistent: bool) -> dict[Key, Item]:
        return {item.key: item for item in self._table.get_many(Item, rows, consistent=consistent)}


def _preferences(request: NotificationRequest) -> Key:
    return keys.preferences(request.tenant, request.recipient.user_type, request.recipient.user_id)


def _usage(request: NotificationRequest) -> Key:
    return keys.usage(request.tenant, request.recipient.user_type, request.recipient.user_id)


def _listed(request: NotificationRequest, addresses: Mapping[Channel, str]) -> dict[Channel, Key]:
    return {
        channel: keys.suppression(request.tenant, channel, address_hash(channel, address))
        for channel, address in addresses.items()
    }


def _groups(request: NotificationRequest) -> list[Key]:
    return [keys.cancelled_group(request.tenant, group.kind, group.name) for group in groups_of(request)]


def _background(found: Found, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
    chosen = _of_kind(found, DocumentItem, _preferences(request))
    used = _of_kind(found, UsageItem, _usage(request))
    listed = {channel: _of_kind(found, SuppressionItem, key) for channel, key in _listed(request, addresses).items()}
    tombstones = (_of_kind(found, CancelledGroupItem, key) for key in _groups(request))
    return Background(
        preferences=unpack(chosen.body, Preferences) if chosen else Preferences(),
        usage=used.usage if used else Usage(),
        suppressed={channel: unpack(item.body, Suppression) for channel, item in listed.items() if item},
        cancelled_at=_latest((Millis(int(item.cancelled_at)) for item in tombstones if item), request),
    )


def _of_kind(found: Found, kind: type[I], key: Key) -> I | None:
    item = found.get(key)
    return item if isinstance(item, kind) else None


def _latest(tombstones: Iterable[Millis], request: NotificationRequest) -> Millis | None:
    return max((at for at in tombstones if is_covered(request, at)), default=None)
