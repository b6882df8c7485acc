"""Trying out the settings of an e-mail provider: a call that costs nothing and reaches nobody."""

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused, Unsure
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.vendors.mailgun import DISABLED_DOMAIN, UNREGISTERED_DOMAIN
from tests.contract.making import a_provider

HTTP = ("mailgun", "sendgrid", "ses")
ALL = (*HTTP, "smtp")
pytestmark = pytest.mark.usefixtures("afresh")


@pytest.mark.parametrize("vendor", ALL)
def test_what_works_is_found_to_work_and_nobody_gets_a_mail(
    vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert a_provider(vendor, sandbox, monkeypatch).probe() == Accepted()
    assert all(record.vendor_id is None for record in sandbox.records(vendor))


@pytest.mark.parametrize("vendor", ALL)
def test_wrong_credentials_are_found_out(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    result = a_provider(vendor, sandbox, monkeypatch, right=False).probe()
    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.MISCONFIGURED


@pytest.mark.parametrize(
    ("domain", "code"), [(UNREGISTERED_DOMAIN, "404"), (DISABLED_DOMAIN, "domain_disabled")], ids=str
)
def test_a_mailgun_domain_that_cannot_send_is_found_out(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, domain: str, code: str
) -> None:
    result = a_provider("mailgun", sandbox, monkeypatch, domain=domain).probe()
    assert result == Refused(kind=AttemptOutcome.MISCONFIGURED, code=code)


@pytest.mark.parametrize("vendor", HTTP)
@pytest.mark.parametrize(
    ("kind", "status", "result"),
    [(FaultKind.STATUS, 500, Refused), (FaultKind.BAD_GATEWAY, 502, Unsure), (FaultKind.MALFORMED, 200, Unsure)],
    ids=str,
)
def test_a_vendor_that_fails_is_told_as_one_that_fails(
    vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: FaultKind, status: int, result: type
) -> None:
    sandbox.fault(Fault(vendor=vendor, kind=kind, status=status, times=1))
    assert isinstance(a_provider(vendor, sandbox, monkeypatch).probe(), result)


def test_a_mail_server_out_of_reach_is_told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.UNREACHABLE, times=1))
    result = a_provider("smtp", sandbox, monkeypatch).probe()
    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.RETRIABLE
