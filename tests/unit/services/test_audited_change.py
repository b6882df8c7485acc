"""No administrative change is made that is not on record first."""

from itertools import count

import pytest

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.principal import Principal, PrincipalKind
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Between, ExistsError, Page, StaleVersionError
from tests.build import ACME, NOW, a_tenant

BY = Actor(Principal(kind=PrincipalKind.USER, user_type=UserType("admin"), user_id=UserId("root")), NOW)
CHANGE = Change(Action.UPDATE_TENANT, "tenant/acme", (ACME,), before=a_tenant(), after=a_tenant(name="Acme Inc"))


class Log:
    """An audit log that remembers in order."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def list(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[AuditEntry]:
        return Page(tuple(self.entries))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def audited(log: Log) -> AuditedChanges:
    numbers = count()
    return AuditedChanges(log, lambda size: next(numbers).to_bytes(size, "big"))


def test_the_entry_is_there_before_the_change_is_made(log: Log, audited: AuditedChanges) -> None:
    with audited.change(CHANGE, BY):
        assert [entry.action for entry in log.entries] == ["tenant.update"]

    (entry,) = log.entries
    assert (entry.actor, entry.target, entry.at) == ("user:admin/root", "tenant/acme", NOW)
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["name"], entry.after["name"]) == ("Acme", "Acme Inc")


def test_dying_in_between_leaves_the_entry(log: Log, audited: AuditedChanges) -> None:
    with pytest.raises(KeyboardInterrupt), audited.change(CHANGE, BY):
        raise KeyboardInterrupt

    assert [entry.action for entry in log.entries] == ["tenant.update"]


@pytest.mark.parametrize("refusal", [ExistsError, StaleVersionError])
def test_a_refused_change_is_a_conflict_and_told_in_the_log(
    log: Log, audited: AuditedChanges, refusal: type[Exception]
) -> None:
    with pytest.raises(ConflictError), audited.change(CHANGE, BY):
        raise refusal

    assert [entry.action for entry in log.entries] == ["tenant.update", "tenant.update.refused"]
    assert len({entry.id for entry in log.entries}) == 2


def test_every_tenant_concerned_has_the_entry_in_its_own_log(log: Log, audited: AuditedChanges) -> None:
    change = Change(Action.DELETE_SERVICE_ACCOUNT, "service-account/c", (ACME, TenantId("globex")))

    with audited.change(change, BY):
        pass

    assert [entry.tenant for entry in log.entries] == ["acme", "globex"]


def test_only_a_version_that_was_named_and_differs_is_a_conflict() -> None:
    expect_version(3, None)
    expect_version(3, 3)
    with pytest.raises(ConflictError):
        expect_version(3, 2)
