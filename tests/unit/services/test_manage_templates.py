"""People who keep templates at the same time: nothing of anybody's is lost, and nobody takes it for theirs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Template, TemplateStatus, TemplateVersion
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_templates import ManageTemplates
from chalicelib.services.publish_template import PublishTemplate
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, GLOBEX, by
from tests.store.stores import on_twin
from tests.templating import EN, ENGLISH, FR, FRENCH, a_draft, templating_on
from tests.twin import Rows, TwinTemplates, TwinTenants

ORDER = TemplateKey("order")


class Interrupted(TwinTemplates):
    """Templates that somebody else gets to first, right before the next write."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.first: Callable[[], object] = lambda: None

    def create(self, tenant: TenantId, template: Template, first: TemplateVersion) -> None:
        self._interrupt()
        super().create(tenant, template, first)

    def update(self, tenant: TenantId, template: Template, added: TemplateVersion | None = None) -> Template:
        self._interrupt()
        return super().update(tenant, template, added)

    def delete(self, tenant: TenantId, key: TemplateKey) -> bool:
        self._interrupt()
        return super().delete(tenant, key)

    def _interrupt(self) -> None:
        first, self.first = self.first, lambda: None
        first()


@pytest.fixture
def rows() -> Rows:
    return new_rows()


def new_rows() -> Rows:
    rows = Rows()
    TwinTenants(rows).create(a_tenant())
    return rows


def three_versions(rows: Rows) -> None:
    """Store three versions, of which the first and then the third were published."""
    manage, publish = use_cases(rows, TwinTemplates(rows))
    manage.create(ACME, ORDER, "Order", a_draft(), by(ADMIN))
    for _ in range(2):
        manage.add_version(ACME, ORDER, a_draft(), by(ADMIN), None)
    for number in (1, 3):
        publish.publish(ACME, ORDER, number, by(ADMIN), None)


def use_cases(rows: Rows, templates: TwinTemplates) -> tuple[ManageTemplates, PublishTemplate]:
    store = replace(on_twin(rows), templates=templates)
    numbers = iter(range(1_000))
    made: dict[str, Any] = templating_on(
        store, AuditedChanges(store.audit, lambda size: next(numbers).to_bytes(size, "big"))
    )
    return made["manage_templates"], made["publish_template"]


CHANGES: dict[str, Callable[[ManageTemplates, PublishTemplate], object]] = {
    "add": lambda manage, _: manage.add_version(ACME, ORDER, a_draft(note="mine"), by(ADMIN), None),
    "localize": lambda manage, _: manage.put_localization(ACME, ORDER, FR, ENGLISH, by(ADMIN), None),
    "drop a language": lambda manage, _: manage.delete_localization(ACME, ORDER, FR, by(ADMIN), None),
    "rename": lambda manage, _: manage.rename(ACME, ORDER, "Mine", by(ADMIN), None),
    "publish": lambda _, publish: publish.publish(ACME, ORDER, 2, by(ADMIN), None),
    "roll back": lambda _, publish: publish.roll_back(ACME, ORDER, None, by(ADMIN), None),
}
OTHERS: dict[str, Callable[[ManageTemplates, PublishTemplate], object]] = CHANGES | {
    "delete": lambda manage, _: manage.delete(ACME, ORDER, by(ADMIN)),
    "replace": lambda manage, _: (
        manage.delete(ACME, ORDER, by(ADMIN)),
        manage.create(ACME, ORDER, "New", a_draft(), by(ADMIN)),
    ),
}


@pytest.mark.parametrize("theirs", OTHERS)
@pytest.mark.parametrize("mine", CHANGES)
def test_of_two_who_change_a_template_at_once_the_later_is_told(rows: Rows, mine: str, theirs: str) -> None:
    # Given
    interrupted = Interrupted(rows)
    three_versions(rows)
    others, alone = use_cases(rows, TwinTemplates(rows)), new_rows()
    # When
    interrupted.first = lambda: OTHERS[theirs](*others)
    with pytest.raises(ConflictError):
        CHANGES[mine](*use_cases(rows, interrupted))
    # Then: all is as it would be if the other had been alone
    three_versions(alone)
    OTHERS[theirs](*use_cases(alone, TwinTemplates(alone)))
    assert (rows.templates, rows.versions) == (alone.templates, alone.versions)
    assert rows.audit[ACME][-1].action.endswith(".refused")


def test_of_two_who_create_a_template_at_once_the_later_is_told(rows: Rows) -> None:
    interrupted = Interrupted(rows)
    manage, _ = use_cases(rows, interrupted)
    other, _ = use_cases(rows, TwinTemplates(rows))
    interrupted.first = lambda: other.create(ACME, ORDER, "Theirs", a_draft(), by(ADMIN))
    with pytest.raises(ConflictError):
        manage.create(ACME, ORDER, "Mine", a_draft(note="mine"), by(ADMIN))
    assert (rows.templates[ACME, ORDER].name, rows.versions[ACME, ORDER, 1].note) == ("Theirs", None)


class ReadBefore(TwinTemplates):
    """Templates that somebody else changes right after a version was read."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.then: Callable[[], object] = lambda: None

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        found = super().version(tenant, key, number)
        then, self.then = self.then, lambda: None
        then()
        return found


def test_a_language_is_not_put_into_a_version_that_is_no_longer_the_latest(rows: Rows) -> None:
    three_versions(rows)
    templates = ReadBefore(rows)
    manage, _ = use_cases(rows, templates)
    other, _ = use_cases(rows, TwinTemplates(rows))
    templates.then = lambda: other.put_localization(ACME, ORDER, EN, FRENCH, by(ADMIN), None)
    with pytest.raises(ConflictError):
        manage.put_localization(ACME, ORDER, FR, ENGLISH, by(ADMIN), None)
    assert rows.templates[ACME, ORDER].latest == 4


def test_what_somebody_else_deleted_first_is_a_conflict(rows: Rows) -> None:
    interrupted = Interrupted(rows)
    manage, _ = use_cases(rows, interrupted)
    other, _ = use_cases(rows, TwinTemplates(rows))
    manage.create(ACME, ORDER, "Order", a_draft(), by(ADMIN))
    interrupted.first = lambda: other.delete(ACME, ORDER, by(ADMIN))
    with pytest.raises(ConflictError):
        manage.delete(ACME, ORDER, by(ADMIN))


def test_a_version_never_changes_whatever_becomes_of_its_template(rows: Rows) -> None:
    manage, publish = use_cases(rows, TwinTemplates(rows))
    _, first = manage.create(ACME, ORDER, "Order", a_draft(), by(ADMIN))
    manage.put_localization(ACME, ORDER, EN, FRENCH, by(ADMIN), None)
    publish.publish(ACME, ORDER, None, by(ADMIN), None)
    publish.publish(ACME, ORDER, 1, by(ADMIN), None)
    manage.delete(ACME, ORDER, by(ADMIN))
    template, again = manage.create(ACME, ORDER, "Again", a_draft(), by(ADMIN))
    assert TwinTemplates(rows).version(ACME, ORDER, 1) == first
    assert (again.number, template.status_of(1), template.status_of(3)) == (
        3,
        TemplateStatus.DRAFT,
        TemplateStatus.DRAFT,
    )


def test_without_a_tenant_there_are_no_templates(rows: Rows) -> None:
    manage, publish = use_cases(rows, TwinTemplates(rows))
    with pytest.raises(NotFoundError):
        manage.create(GLOBEX, ORDER, "Order", a_draft(), by(ADMIN))
    with pytest.raises(NotFoundError):
        publish.publish(GLOBEX, ORDER, None, by(ADMIN), None)
    assert rows.audit == {}


def test_versions_are_paged_from_where_the_last_page_ended(rows: Rows) -> None:
    manage, _ = use_cases(rows, TwinTemplates(rows))
    manage.create(ACME, ORDER, "Order", a_draft(), by(ADMIN))
    for _ in range(4):
        manage.add_version(ACME, ORDER, a_draft(), by(ADMIN), None)
    pages, after = [], None
    while True:
        _, page = manage.versions(ACME, ORDER, 2, after)
        pages.append([summary.number for summary in page.items])
        after = page.next
        if after is None:
            break
    assert pages == [[5, 4], [3, 2], [1]]
