"""Trying out the settings of Twilio, FCM and Discord: a call that costs nothing and reaches nobody."""

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused, Unsure
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from tests.contract.making import a_provider


@pytest.mark.parametrize("vendor", ["discord", "fcm", "twilio"])
def test_what_works_is_found_to_work(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    result = a_provider(vendor, sandbox, monkeypatch).probe()

    (record,) = sandbox.records(vendor)
    assert isinstance(result, Accepted)
    assert record.method == "GET" or record.body["validate_only"] is True


@pytest.mark.parametrize("vendor", ["discord", "fcm", "twilio"])
def test_wrong_credentials_are_found_out(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    result = a_provider(vendor, sandbox, monkeypatch, right=False).probe()

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.MISCONFIGURED


@pytest.mark.parametrize("vendor", ["discord", "fcm", "twilio"])
def test_a_page_of_somebody_else_proves_nothing(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.fault(Fault(vendor=vendor, kind=FaultKind.MALFORMED, times=1))

    assert isinstance(a_provider(vendor, sandbox, monkeypatch).probe(), Unsure)


@pytest.mark.parametrize("vendor", ["lunasea", "slack", "sns", "teams"])
def test_these_have_no_free_call(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert a_provider(vendor, sandbox, monkeypatch).probe() is None
    assert not sandbox.records()
