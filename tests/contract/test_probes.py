"""Trying out the settings of Twilio, FCM and Discord: a call that costs nothing and reaches nobody."""

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import provider_class, read_settings
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from tests.contract.case import find_cases
from tests.contract.worker import PATIENT

CASES = find_cases()


def probe(
    vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, right: bool = True
) -> ProviderResult | None:
    case = CASES[vendor]
    for name, value in case.environment(sandbox).items():
        monkeypatch.setenv(name, value)
    credentials = case.credentials(sandbox) if right else case.wrong_credentials(sandbox)
    kind = provider_class(case.channel, vendor)
    settings = read_settings(kind, {**case.settings(sandbox), **credentials})
    return kind(settings, PATIENT, *([HostGuard(["*"])] if kind.guarded else [])).probe()


@pytest.mark.parametrize("vendor", ["discord", "fcm", "twilio"])
def test_what_works_is_found_to_work(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    result = probe(vendor, sandbox, monkeypatch)

    (record,) = sandbox.records(vendor)
    assert isinstance(result, Accepted)
    assert record.method == "GET" or record.body["validate_only"] is True


@pytest.mark.parametrize("vendor", ["discord", "fcm", "twilio"])
def test_wrong_credentials_are_found_out(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    result = probe(vendor, sandbox, monkeypatch, right=False)

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.MISCONFIGURED


@pytest.mark.parametrize("vendor", ["discord", "fcm", "twilio"])
def test_a_page_of_somebody_else_proves_nothing(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.fault(Fault(vendor=vendor, kind=FaultKind.MALFORMED, times=1))

    assert isinstance(probe(vendor, sandbox, monkeypatch), Unsure)


@pytest.mark.parametrize("vendor", ["lunasea", "slack", "sns", "teams"])
def test_these_have_no_free_call(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe(vendor, sandbox, monkeypatch) is None
    assert not sandbox.records()
