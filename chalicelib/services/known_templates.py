"""Templates as a warm worker remembers them. Which version is published it asks anew after a short time; a version
never changes, so it is kept as long as there is room, without what only its authors read.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from msgspec.structs import astuple, replace

from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import TemplateVersion
from chalicelib.services.cached import Memory, MissingError
from chalicelib.services.ports import Clock, Templates

MOST_BYTES: Final = 20_000_000
"""Of memory, for all versions that are remembered."""
BESIDE: Final = 1_000
"""Bytes: a version's name and place among those remembered."""

Place = tuple[TenantId, TemplateKey]


@dataclass(slots=True)
class _Versions:
    most: int
    _kept: OrderedDict[tuple[Place, int], tuple[TemplateVersion, int]] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: Lock = field(default_factory=Lock)

    def recall(self, place: Place, number: int, read: Callable[[], TemplateVersion | None]) -> TemplateVersion | None:
        name = (place, number)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name][0]
        found = read()
        if found is None:
            return None
        needed = replace(found, localizations={}, fragments={}, sample={})
        with self._lock:
            self._keep(name, needed)
        return needed

    def _keep(self, name: tuple[Place, int], found: TemplateVersion) -> None:
        if name in self._kept:
            return
        size = weight_of(astuple(found)) + BESIDE
        self._kept[name] = found, size
        self._size += size
        while self._size > self.most:
            _, (_, freed) = self._kept.popitem(last=False)
            self._size -= freed


class KnownTemplates:
    """`ports.TemplateLookup` that asks the store as little as it can. That there is no published version, or no
    version of a number, is asked for every time.
    """

    def __init__(self, stored: Templates, clock: Clock, fresh_for: int, most: int = MOST_BYTES) -> None:
        self._stored = stored
        self._published: Memory[Place, int] = Memory(clock, fresh_for)
        self._versions = _Versions(most)

    def published(self, tenant: TenantId, key: TemplateKey) -> TemplateVersion | None:
        """Return the published version of a template."""
        try:
            number = self._published.recall((tenant, key), self._published_number)
        except MissingError:
            return None
        return self.version(tenant, key, number)

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        """Return a version of a template."""
        return self._versions.recall((tenant, key), number, lambda: self._stored.version(tenant, key, number))

    def _published_number(self, place: Place) -> int:
        template = self._stored.get(*place)
        if template is None or template.published is None:
            raise MissingError
        return template.published


def weight_of(value: Any) -> int:
    """Return the bytes of memory that a value takes with all that is in it, each time that it is there."""
    inner: Iterable[Any] = ()
    if isinstance(value, dict):
        inner = (*value, *value.values())
    elif isinstance(value, list | tuple):
        inner = value
    return sys.getsizeof(value) + sum(map(weight_of, inner))
