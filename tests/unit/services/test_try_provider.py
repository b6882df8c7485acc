"""Trying a provider out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.channels.base import AlertMessage, ChatMessage, EmailMessage, Message, SmsMessage, address_fault, shape
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.errors import InvalidInputError, NotFoundError
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.try_provider import TITLE, Tried, TryProvider
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, GLOBEX, by
from tests.fakes import FakeTrier
from tests.twin import Rows, TwinAuditLog, TwinProviders, TwinTenants

ONE = ProviderId("one")
VENDORS = {
    Channel.EMAIL: "smtp",
    Channel.SMS: "twilio",
    Channel.PUSH: "fcm",
    Channel.WHATSAPP: "cloud_api",
    Channel.CHAT: "telegram",
    Channel.ALERT: "pagertree",
    Channel.WEBHOOK: "generic",
}
ADDRESSES = {
    Channel.EMAIL: "ann@example.com",
    Channel.SMS: "+14155550100",
    Channel.PUSH: "a-token",
    Channel.WHATSAPP: "+14155550100",
}
UNSUPPORTED = Refused(kind=AttemptOutcome.PERMANENT, code="unsupported_action")
MISSING = Refused(kind=AttemptOutcome.PERMANENT, code="missing_target")
BROKEN = Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")


@dataclass
class Trial:
    """A tenant with one provider."""

    trier: FakeTrier = field(default_factory=FakeTrier)
    rows: Rows = field(default_factory=Rows)

    def __post_init__(self) -> None:
        TwinTenants(self.rows).create(a_tenant())
        TwinTenants(self.rows).create(a_tenant(id=GLOBEX))

    def __call__(self, channel: Channel, to: str | None = None, **more: Any) -> Tried:
        provider = ProviderConfig(id=ONE, channel=channel, vendor=VENDORS[channel], **more)
        TwinProviders(self.rows).create(ACME, provider)
        return self.use_case(ACME, ONE, to, by(ADMIN))

    @property
    def use_case(self) -> TryProvider:
        return TryProvider(
            providers=TwinProviders(self.rows),
            tenants=TwinTenants(self.rows),
            caller=self.trier,
            check_address=address_fault,
            shape=shape,
            audited=AuditedChanges(TwinAuditLog(self.rows), os.urandom),
            randomness=os.urandom,
        )

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in self.rows.audit.get(ACME, [])]


@pytest.fixture
def trial() -> Trial:
    return Trial()


@pytest.mark.parametrize(
    ("result", "outcome", "code"),
    [
        (Accepted(), AttemptOutcome.ACCEPTED, None),
        (BROKEN, AttemptOutcome.MISCONFIGURED, "bad_key"),
        (Unsure(code="timeout"), AttemptOutcome.UNKNOWN, "timeout"),
    ],
)
@pytest.mark.parametrize("channel", list(VENDORS))
def test_a_vendor_that_can_be_asked_is_sent_nothing(
    channel: Channel, result: ProviderResult, outcome: AttemptOutcome, code: str | None, trial: Trial
) -> None:
    trial.trier.probes = result

    assert trial(channel) == Tried(outcome=outcome, code=code, probed=True)
    assert trial.trier.sent == []
    assert trial.actions == ["provider.test"]


@pytest.mark.parametrize("channel", list(VENDORS))
def test_any_other_is_sent_a_message_that_says_what_it_is(channel: Channel, trial: Trial) -> None:
    tried = trial(channel, ADDRESSES.get(channel))

    assert tried == Tried(outcome=AttemptOutcome.ACCEPTED, vendor_id="v1", probed=False)
    assert all(TITLE in _text(message) for message in trial.trier.sent)
    assert len(trial.trier.sent) == (2 if channel is Channel.ALERT else 1)


def test_it_goes_where_the_address_says(trial: Trial) -> None:
    trial(Channel.EMAIL, "ann@example.com")

    (message,) = trial.trier.sent
    assert isinstance(message, EmailMessage)
    assert message.to == "ann@example.com"


def test_a_chat_target_is_the_vendors(trial: Trial) -> None:
    trial(Channel.CHAT, "12315544")

    (message,) = trial.trier.sent
    assert isinstance(message, ChatMessage)
    assert message.targets == {"telegram": "12315544"}


@pytest.mark.parametrize("channel", list(ADDRESSES))
def test_without_an_address_none_is_sent(channel: Channel, trial: Trial) -> None:
    assert _faults(trial, channel, None) == {"/to": "address_required"}
    assert trial.trier.sent == []


def test_a_chat_provider_may_need_one_too(trial: Trial) -> None:
    trial.trier.results = [MISSING]

    assert _faults(trial, Channel.CHAT, None) == {"/to": "address_required"}


@pytest.mark.parametrize(
    ("channel", "to"),
    [(Channel.EMAIL, "+14155550100"), (Channel.SMS, "ann@example.com"), (Channel.SMS, "112"), (Channel.PUSH, "a b")],
)
def test_what_is_no_address_of_the_channel_is_refused(channel: Channel, to: str, trial: Trial) -> None:
    assert _faults(trial, channel, to) == {"/to": "invalid_address"}
    assert (trial.trier.sent, trial.actions) == ([], [])


def test_an_alert_is_triggered_and_resolved(trial: Trial) -> None:
    trial(Channel.ALERT)

    triggered, resolved = trial.trier.sent
    assert isinstance(triggered, AlertMessage)
    assert isinstance(resolved, AlertMessage)
    assert (triggered.action, resolved.action) == (AlertAction.TRIGGER, AlertAction.RESOLVE)
    assert triggered.dedup_key == resolved.dedup_key
    assert triggered.severity is Severity.INFO


@pytest.mark.parametrize(
    ("results", "outcome", "code"),
    [
        ([Accepted(vendor_id="v1"), UNSUPPORTED], AttemptOutcome.ACCEPTED, None),
        ([Accepted(vendor_id="v1"), BROKEN], AttemptOutcome.MISCONFIGURED, "bad_key"),
        ([BROKEN], AttemptOutcome.MISCONFIGURED, "bad_key"),
    ],
)
def test_an_alert_that_cannot_be_resolved(
    results: list[ProviderResult], outcome: AttemptOutcome, code: str | None, trial: Trial
) -> None:
    trial.trier.results = list(results)

    tried = trial(Channel.ALERT)

    assert (tried.outcome, tried.code, trial.trier.results) == (outcome, code, [])


def test_a_disabled_provider_is_tried_too(trial: Trial) -> None:
    assert trial(Channel.SMS, "+14155550100", enabled=False).outcome is AttemptOutcome.ACCEPTED


@pytest.mark.parametrize(("tenant", "id"), [(ACME, ProviderId("other")), (GLOBEX, ONE)])
def test_a_provider_that_is_not_there_is_not_called(tenant: Any, id: ProviderId, trial: Trial) -> None:
    trial(Channel.ALERT)
    trial.trier.sent.clear()

    with pytest.raises(NotFoundError):
        trial.use_case(tenant, id, None, by(ADMIN))

    assert trial.trier.sent == []


def _faults(trial: Trial, channel: Channel, to: str | None) -> Mapping[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        trial(channel, to)
    return {fault.pointer: fault.code for fault in refused.value.faults}


def _text(message: Message) -> str:
    return message.text if isinstance(message, SmsMessage | EmailMessage | AlertMessage) else str(message)
