"""Templates as a warm worker remembers them. Which version is published it asks anew after a short time; a version
never changes, so it is kept as long as there is room.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import TemplateVersion
from chalicelib.services.cached import Memory, MissingError
from chalicelib.services.ports import Clock, Templates

MOST_CHARACTERS: Final = 8_000_000
"""Of all that remembered versions say: with all else of them about 20 MB."""

Place = tuple[TenantId, TemplateKey]


@dataclass(slots=True)
class _Versions:
    most: int
    _kept: OrderedDict[tuple[Place, int], TemplateVersion] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: Lock = field(default_factory=Lock)

    def recall(self, place: Place, number: int, read: Callable[[], TemplateVersion | None]) -> TemplateVersion | None:
        name = (place, number)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        found = read()
        if found is not None:
            with self._lock:
                self._keep(name, found)
        return found

    def _keep(self, name: tuple[Place, int], found: TemplateVersion) -> None:
        if name in self._kept:
            return
        self._kept[name] = found
        self._size += _size(found)
        while self._size > self.most:
            _, forgotten = self._kept.popitem(last=False)
            self._size -= _size(forgotten)


class KnownTemplates:
    """`ports.TemplateLookup` that asks the store as little as it can. That there is no published version, or no
    version of a number, is asked for every time.
    """

    def __init__(self, stored: Templates, clock: Clock, fresh_for: int, most: int = MOST_CHARACTERS) -> None:
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


def _size(version: TemplateVersion) -> int:
    said = [text for parts in (*version.localizations.values(), *version.ready.values()) for text in parts.values()]
    return sum(map(len, (*said, *version.fragments.values())))
