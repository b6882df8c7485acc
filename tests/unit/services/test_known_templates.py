"""Templates as sending knows them: the published version for a short time, versions for good, while there is room."""

import gc
import tracemalloc
from typing import Any

import pytest
from msgspec.structs import astuple

from chalicelib.domain.ids import FragmentKey, TemplateKey, TenantId
from chalicelib.domain.template import Locale, Part, Template, TemplateVersion
from chalicelib.services.known_templates import BESIDE, KnownTemplates, weight_of
from chalicelib.store.packing import pack, unpack
from tests.build import ACME
from tests.fakes import ManualClock
from tests.store.test_templates import ORDER, a_template, a_version
from tests.twin import Rows, TwinTemplates

FRESH_FOR = 60_000
EVE = TenantId("eve")


class Counting(TwinTemplates):
    """Templates that remember what was asked of them."""

    def __init__(self) -> None:
        super().__init__(Rows())
        self.asked: list[object] = []

    def get(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        self.asked.append(key)
        return super().get(tenant, key)

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        self.asked.append(number)
        return super().version(tenant, key, number)


@pytest.fixture
def stored() -> Counting:
    """A template of three versions, the first of which is published."""
    stored = Counting()
    template = a_template(published=1, history=(1,))
    stored.create(ACME, template, a_version(1))
    for number in (2, 3):
        template = stored.update(ACME, template, a_version(number))
    return stored


def remembered(number: int) -> TemplateVersion:
    """Return what sending needs of a version."""
    return a_version(number, localizations={}, fragments={}, sample={})


def republish(stored: Counting, number: int | None) -> None:
    known = TwinTemplates(stored.rows)
    template = known.get(ACME, ORDER)
    assert template
    known.update(ACME, a_template(published=number, version=template.version))


def test_the_published_version_is_asked_for_once_in_a_while(stored: Counting) -> None:
    clock = ManualClock()
    known = KnownTemplates(stored, clock, FRESH_FOR)
    assert known.published(ACME, ORDER) == remembered(1)
    republish(stored, 2)
    clock.advance(FRESH_FOR - 1)
    assert known.published(ACME, ORDER) == remembered(1)
    assert stored.asked == [ORDER, 1]

    clock.advance(1)
    assert known.published(ACME, ORDER) == remembered(2)
    assert stored.asked == [ORDER, 1, ORDER, 2]


def test_a_version_is_read_once_however_old_it_is(stored: Counting) -> None:
    clock = ManualClock()
    known = KnownTemplates(stored, clock, FRESH_FOR)
    for _ in range(3):
        assert known.version(ACME, ORDER, 3) == remembered(3)
        clock.advance(FRESH_FOR * 1_000)
    assert stored.asked == [3]


@pytest.mark.parametrize(("room", "asked"), [(3, []), (2.9, [1]), (2, [1]), (0.9, [3, 1, 3, 1])])
def test_the_version_not_used_for_longest_makes_room(stored: Counting, room: float, asked: list[int]) -> None:
    each = weight_of(astuple(remembered(1))) + BESIDE
    known = KnownTemplates(stored, ManualClock(), FRESH_FOR, int(room * each))
    for number in (1, 2, 3):
        known.version(ACME, ORDER, number)
    known.version(ACME, ORDER, 3)
    stored.asked.clear()
    for number in (3, 1, 3, 1):
        known.version(ACME, ORDER, number)
    assert stored.asked == asked


PARTS = {Part.EMAIL_HTML: "x" * 20_000}
HEAVY: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a sample": {"sample": {"rows": [{"n": number} for number in range(200)]}},
    "a schema": {"schema": {"properties": {f"p{number}": {"type": "string"} for number in range(100)}}},
    "an empty schema": {"schema": {"examples": [[] for _ in range(500)]}},
    "sources": {"localizations": {Locale("en"): PARTS}, "fragments": {FragmentKey("main"): "x" * 20_000}},
    "HTML": {"ready": {Locale("en"): PARTS}},
    "emoji": {"ready": {Locale("en"): {Part.SMS_TEXT: "\U0001f389" * 10_000}}},
}


class Endless(Counting):
    """A template that has every version, each read anew from the table."""

    def __init__(self, **said: Any) -> None:
        super().__init__()
        self._row = pack(a_version(**said))

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        self.asked.append(number)
        return unpack(self._row, TemplateVersion, number=number)


@pytest.mark.parametrize("heavy", HEAVY.values(), ids=HEAVY)
def test_what_is_remembered_takes_no_more_memory_than_there_is_room(heavy: dict[str, Any]) -> None:
    room, stored = 200_000, Endless(**heavy)
    known = KnownTemplates(stored, ManualClock(), FRESH_FOR, room)
    tracemalloc.start()
    try:
        for number in range(100):
            known.version(ACME, ORDER, number)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 1.1 * room
    assert known.version(ACME, ORDER, 99)
    assert len(stored.asked) == 100


def test_what_is_not_there_is_never_remembered(stored: Counting) -> None:
    known = KnownTemplates(stored, ManualClock(), FRESH_FOR)
    assert known.published(ACME, TemplateKey("none")) is None
    assert known.version(ACME, ORDER, 4) is None
    republish(stored, None)
    assert known.published(ACME, ORDER) is None

    republish(stored, 2)

    assert known.published(ACME, ORDER) == remembered(2)


def test_each_tenant_has_its_own(stored: Counting) -> None:
    known = KnownTemplates(stored, ManualClock(), FRESH_FOR)
    assert known.published(ACME, ORDER)
    assert known.published(EVE, ORDER) is None
    assert known.version(EVE, ORDER, 1) is None


def test_a_fault_of_the_store_is_not_taken_for_a_template_that_is_missing() -> None:
    class Broken(Counting):
        def get(self, tenant: TenantId, key: TemplateKey) -> Template | None:
            raise KeyError("Item")

    with pytest.raises(KeyError):
        KnownTemplates(Broken(), ManualClock(), FRESH_FOR).published(ACME, ORDER)
