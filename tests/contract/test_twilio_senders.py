"""Whom Twilio sends from: a messaging service, a sender, or both."""

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused
from infra.local.sandbox.vendors.twilio import OWN_NUMBER
from tests.contract.cases.twilio import TwilioCase
from tests.contract.worker import Worker

pytestmark = pytest.mark.parametrize("case", [TwilioCase()], ids=["twilio"])


@pytest.mark.parametrize("sender", [{}, {"sender": OWN_NUMBER}], ids=["any of its senders", "one of them"])
def test_a_messaging_service_sends(worker: Worker, sender: dict[str, str]) -> None:
    account = worker.sandbox.accounts["twilio"]
    settings = {name: account[name] for name in ("accountSid", "messagingServiceSid")} | sender

    result = worker.send(settings=settings)

    (record,) = worker.sandbox.records("twilio")
    assert isinstance(result, Accepted)
    assert record.body["MessagingServiceSid"] == account["messagingServiceSid"]
    assert record.body.get("From") == sender.get("sender")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"messagingServiceSid": "MG" + "0" * 32}, "21701"), ({"sender": "+14155550199"}, "21711")],
)
def test_one_that_cannot_send_is_the_settings_fault(worker: Worker, changes: dict[str, str], code: str) -> None:
    account = worker.sandbox.accounts["twilio"]
    settings = {name: account[name] for name in ("accountSid", "messagingServiceSid")} | changes

    result = worker.send(settings=settings)

    assert isinstance(result, Refused)
    assert (result.kind, result.code) == (AttemptOutcome.MISCONFIGURED, code)
