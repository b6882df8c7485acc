"""Reading the audit log."""

import pytest

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.value import Millis
from chalicelib.services.audit import AuditFilter, ReadAudit
from chalicelib.services.ports import Between
from tests.build import ACME, NOW
from tests.callers import GLOBEX
from tests.twin import Rows, TwinAuditLog

ALL = Between(Millis(0), Millis(NOW + 100))


@pytest.fixture
def read() -> ReadAudit:
    log = TwinAuditLog(Rows())
    for number in range(5):
        log.add(
            AuditEntry(
                id=f"entry-{number}",
                tenant=ACME,
                at=Millis(NOW + number),
                actor="user:admin/root" if number % 2 else "service:console",
                action="provider.update",
                target=f"provider/{number}",
            )
        )
    return ReadAudit(log)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(ALL), [4, 3, 2, 1, 0]),
        (AuditFilter(Between(Millis(NOW + 1), Millis(NOW + 3))), [2, 1]),
        (AuditFilter(ALL, actor="user:admin/root"), [3, 1]),
        (AuditFilter(ALL, action="tenant.update"), []),
        (AuditFilter(ALL, actor="user:admin/root", target="provider/3"), [3]),
    ],
)
def test_entries_are_found_newest_first(read: ReadAudit, wanted: AuditFilter, found: list[int]) -> None:
    assert [entry.id for entry in read(ACME, wanted, 20, None).items] == [f"entry-{number}" for number in found]


def test_pages_follow_each_other(read: ReadAudit) -> None:
    wanted = AuditFilter(ALL, actor="service:console")

    first = read(ACME, wanted, 2, None)
    second = read(ACME, wanted, 2, first.next)

    assert [entry.id for entry in first.items + second.items] == ["entry-4", "entry-2", "entry-0"]


def test_another_tenants_log_is_another(read: ReadAudit) -> None:
    assert read(GLOBEX, AuditFilter(ALL), 20, None).items == ()
