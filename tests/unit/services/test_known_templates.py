"""Templates as sending knows them: the published version for a short time, versions for good, while there is room."""

import pytest

from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, Part, Template, TemplateVersion
from chalicelib.services.known_templates import KnownTemplates
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
    stored.create(ACME, template, of_a_thousand_characters(1))
    for number in (2, 3):
        template = stored.update(ACME, template, of_a_thousand_characters(number))
    return stored


def of_a_thousand_characters(number: int) -> TemplateVersion:
    said = {Locale("en"): {Part.SMS_TEXT: "x" * 500}}
    return a_version(number, localizations=said, ready=said, fragments={})


def republish(stored: Counting, number: int | None) -> None:
    known = TwinTemplates(stored.rows)
    template = known.get(ACME, ORDER)
    assert template
    known.update(ACME, a_template(published=number, version=template.version))


def test_the_published_version_is_asked_for_once_in_a_while(stored: Counting) -> None:
    clock = ManualClock()
    known = KnownTemplates(stored, clock, FRESH_FOR)
    assert known.published(ACME, ORDER) == of_a_thousand_characters(1)
    republish(stored, 2)
    clock.advance(FRESH_FOR - 1)
    assert known.published(ACME, ORDER) == of_a_thousand_characters(1)
    assert stored.asked == [ORDER, 1]

    clock.advance(1)
    assert known.published(ACME, ORDER) == of_a_thousand_characters(2)
    assert stored.asked == [ORDER, 1, ORDER, 2]


def test_a_version_is_read_once_however_old_it_is(stored: Counting) -> None:
    clock = ManualClock()
    known = KnownTemplates(stored, clock, FRESH_FOR)
    for _ in range(3):
        assert known.version(ACME, ORDER, 3) == of_a_thousand_characters(3)
        clock.advance(FRESH_FOR * 1_000)
    assert stored.asked == [3]


@pytest.mark.parametrize(("room", "asked"), [(3_000, []), (2_999, [1]), (2_000, [1]), (999, [3, 1, 3, 1])])
def test_the_version_not_used_for_longest_makes_room(stored: Counting, room: int, asked: list[int]) -> None:
    known = KnownTemplates(stored, ManualClock(), FRESH_FOR, room)
    for number in (1, 2, 3):
        known.version(ACME, ORDER, number)
    known.version(ACME, ORDER, 3)
    stored.asked.clear()
    for number in (3, 1, 3, 1):
        known.version(ACME, ORDER, number)
    assert stored.asked == asked


def test_what_is_not_there_is_never_remembered(stored: Counting) -> None:
    known = KnownTemplates(stored, ManualClock(), FRESH_FOR)
    assert known.published(ACME, TemplateKey("none")) is None
    assert known.version(ACME, ORDER, 4) is None
    republish(stored, None)
    assert known.published(ACME, ORDER) is None

    republish(stored, 2)

    assert known.published(ACME, ORDER) == of_a_thousand_characters(2)


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
