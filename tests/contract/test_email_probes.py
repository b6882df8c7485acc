"""Trying out the settings of an e-mail provider: a call that costs nothing and reaches nobody."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import provider_class, read_settings
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.vendors.mailgun import DISABLED_DOMAIN, UNREGISTERED_DOMAIN
from tests.contract.case import find_cases
from tests.contract.conftest import _forget_clients
from tests.contract.worker import PATIENT

CASES = find_cases()
HTTP = ("mailgun", "sendgrid", "ses")
ALL = (*HTTP, "smtp")


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    _forget_clients()
    yield
    _forget_clients()


def probe(
    vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, right: bool = True, **changes: Any
) -> ProviderResult | None:
    case = CASES[vendor]
    for name, value in (case.environment(sandbox) if right else case.wrong_environment(sandbox)).items():
        monkeypatch.setenv(name, value)
    credentials = case.credentials(sandbox) if right else case.wrong_credentials(sandbox)
    kind = provider_class(Channel.EMAIL, vendor)
    settings = read_settings(kind, {**case.settings(sandbox), **credentials, **changes})
    return kind(settings, PATIENT, *([HostGuard(["*"])] if kind.guarded else [])).probe()


@pytest.mark.parametrize("vendor", ALL)
def test_what_works_is_found_to_work_and_nobody_gets_a_mail(
    vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert probe(vendor, sandbox, monkeypatch) == Accepted()
    assert all(record.vendor_id is None for record in sandbox.records(vendor))


@pytest.mark.parametrize("vendor", ALL)
def test_wrong_credentials_are_found_out(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    result = probe(vendor, sandbox, monkeypatch, right=False)
    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.MISCONFIGURED


@pytest.mark.parametrize(
    ("domain", "code"), [(UNREGISTERED_DOMAIN, "404"), (DISABLED_DOMAIN, "domain_disabled")], ids=str
)
def test_a_mailgun_domain_that_cannot_send_is_found_out(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, domain: str, code: str
) -> None:
    result = probe("mailgun", sandbox, monkeypatch, domain=domain)
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
    assert isinstance(probe(vendor, sandbox, monkeypatch), result)


def test_a_mail_server_out_of_reach_is_told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.UNREACHABLE, times=1))
    result = probe("smtp", sandbox, monkeypatch)
    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.RETRIABLE
