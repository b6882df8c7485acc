"""Notifications explained: the questions that support people ask, and what they are told."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.delivery import Attempt, AttemptOutcome, Delivery, DeliveryStatus, Detail
from chalicelib.domain.digest import digest_id
from chalicelib.domain.explained_channel import explain_channel
from chalicelib.domain.explanation import Explanation, explain
from chalicelib.domain.ids import NotificationId, PolicyId, ProviderId, RotaId
from chalicelib.domain.reasons import FINE_PRINT, ON, REASONS, in_words
from chalicelib.domain.relays import child_id
from chalicelib.domain.state import Basis, NotificationState, Relay, Source
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, StopOn, Strategy
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_request, a_state

LATER = Millis(NOW + 600_000)
SHOWN = {"now": "2027-01-15T08:00:00.000Z", "later": "2027-01-15T08:10:00.000Z"}
ROTA = RotaId("night")


def an_attempt(number: int = 1, outcome: AttemptOutcome = AttemptOutcome.ACCEPTED, **changes: object) -> Attempt:
    return Attempt(number=number, provider=ProviderId("first"), at=NOW, outcome=outcome, **changes)  # type: ignore[arg-type]


def explained(state: NotificationState | None, now: Millis = NOW, **changes: object) -> Explanation:
    return explain(a_request(**changes), state, now)


def text_of(delivery: Delivery, channel: Channel = Channel.EMAIL, **marks: object) -> str:
    return explain_channel(a_state({channel: delivery}, **marks), channel, NOW).text


def an_escalation(**marks: object) -> NotificationState:
    """Return one whose inbox step arrived, whose text was sent, and whose e-mail is to come."""
    deliveries = {
        Channel.IN_APP: Delivery(status=DeliveryStatus.DELIVERED, delivered_at=NOW),
        Channel.SMS: a_delivery(DeliveryStatus.SENT, sent_at=NOW, attempt=1, attempts=(an_attempt(vendor_id="SM1"),)),
        Channel.EMAIL: a_delivery(DeliveryStatus.SCHEDULED, not_before=LATER, scheduled_for=LATER),
    }
    basis = Basis(strategy=Source.REQUEST, recipient=Source.BOTH)
    fields = {"strategy": Strategy.ESCALATION, "stop_on": StopOn.READ, "basis": basis} | marks
    return a_state(deliveries, **fields)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    said = REASONS[reason]
    assert said == in_words(reason)
    assert " " in said
    assert not said.endswith(".")


@pytest.mark.parametrize("detail", Detail)
def test_every_detail_says_more_than_its_reason_alone(detail: Detail) -> None:
    pairs = [pair for pair in FINE_PRINT if pair[1] is detail]
    assert pairs
    assert all(in_words(reason, detail) != in_words(reason) for reason, _ in pairs)


def test_a_provider_that_was_not_called_is_named() -> None:
    by_second = replace(an_attempt(vendor_id="V1"), provider=ProviderId("second"))
    said = text_of(a_delivery(DeliveryStatus.SENT, sent_at=NOW, attempt=1, attempts=(by_second,), provider=1))
    assert said == (
        f"Sent: second took it at {SHOWN['now']}, and has not reported yet whether it arrived; first was passed over "
        "because calls to it were failing."
    )
    failed = an_attempt(outcome=AttemptOutcome.RETRIABLE)
    assert "passed over" not in text_of(a_delivery(DeliveryStatus.SENT, attempt=2, attempts=(failed, by_second)))


@pytest.mark.parametrize(("phase", "is_told"), [(Phase.OPEN, True), (Phase.CLOSED, False)])
def test_what_waits_for_a_provider_to_get_well_says_so(phase: Phase, is_told: bool) -> None:
    state = a_state({Channel.EMAIL: a_delivery()})
    circuits = [Circuit(provider=ProviderId("first"), phase=phase, at=NOW)]
    said = explain(a_request(), state, LATER, circuits=circuits).channels[0].text
    open_since = f", whose circuit is open since {SHOWN['now']} because calls to it failed" if is_told else ""
    assert said == f"Waits in the queue to be sent by first{open_since}."


def test_a_call_in_flight_is_told_of_by_whose_turn_it_is() -> None:
    failed = an_attempt(outcome=AttemptOutcome.RETRIABLE)
    delivery = a_delivery(DeliveryStatus.SENDING, attempt=2, attempts=(failed,), provider=1, lease=LATER)
    assert text_of(delivery) == "second is being called at this moment."


def test_a_detail_that_belongs_to_the_plan_does_not_hide_why_it_was_not_sent() -> None:
    assert in_words(Reason.READ, Detail.INSTEAD_OF_SMS) == REASONS[Reason.READ]


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_has_words(channel: Channel) -> None:
    assert ON[channel]


@pytest.mark.parametrize("status", DeliveryStatus)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.IN_APP])
def test_every_status_is_told_in_one_sentence(status: DeliveryStatus, channel: Channel) -> None:
    said = text_of(Delivery(status=status), channel)
    assert said.endswith(".")
    assert said.count(".") == 1
    assert "None" not in said


@pytest.mark.parametrize(
    ("delivery", "said"),
    [
        (
            Delivery(status=DeliveryStatus.SUPPRESSED, reason=Reason.PREFERENCE_OFF, detail=Detail.CATEGORY),
            "Not sent: the recipient does not want this category on this channel.",
        ),
        (
            a_delivery(DeliveryStatus.SCHEDULED, not_before=LATER, scheduled_for=LATER, held=Reason.QUIET_HOURS),
            f"Waits until {SHOWN['later']}: these are quiet hours of the recipient.",
        ),
        (a_delivery(DeliveryStatus.SCHEDULED, not_before=NOW), "Due now: it is about to go out."),
        (a_delivery(), "Waits in the queue to be sent by first."),
        (
            a_delivery(detail=Detail.INSTEAD_OF_SMS),
            "Waits in the queue to be sent by first (it stands in for a text message that the budget does not allow).",
        ),
        (a_delivery(DeliveryStatus.SENDING, attempt=1, lease=LATER), "first is being called at this moment."),
        (
            a_delivery(DeliveryStatus.SENDING, attempt=1, lease=NOW),
            "A call to first began and was not reported on; it will be called unknown.",
        ),
        (
            a_delivery(
                DeliveryStatus.SENDING,
                attempt=1,
                provider=1,
                not_before=LATER,
                attempts=(an_attempt(outcome=AttemptOutcome.RETRIABLE, code="429"),),
            ),
            f"1 attempt failed (429); second is tried next at {SHOWN['later']}.",
        ),
        (
            a_delivery(
                DeliveryStatus.FAILED,
                attempt=2,
                reason=Reason.REFUSED,
                attempts=(
                    an_attempt(1, AttemptOutcome.RETRIABLE, code="500"),
                    an_attempt(2, AttemptOutcome.PERMANENT, code="550"),
                ),
            ),
            "Failed after 2 attempts: the provider refused it for good (550).",
        ),
        (
            a_delivery(DeliveryStatus.SENT, sent_at=NOW, attempts=(an_attempt(),)),
            f"Sent: first took it at {SHOWN['now']}, and has not reported yet whether it arrived.",
        ),
    ],
)
def test_a_delivery_in_a_sentence(delivery: Delivery, said: str) -> None:
    assert text_of(delivery) == said


@pytest.mark.parametrize(
    ("reason", "mark"),
    [
        (Reason.READ, "read_at"),
        (Reason.ACKNOWLEDGED, "acknowledged_at"),
        (Reason.CANCELLED, "cancelled_at"),
        (Reason.EXPIRED, "expires_at"),
    ],
)
def test_what_stopped_a_delivery_is_told_with_its_time(reason: Reason, mark: str) -> None:
    stopped = a_delivery(DeliveryStatus.CANCELLED, reason=reason)
    assert text_of(stopped, Channel.EMAIL, **{mark: LATER}) == f"Not sent: {REASONS[reason]} ({SHOWN['later']})."


def test_what_arrived_on_another_channel_stops_a_step_at_that_time() -> None:
    # Given
    deliveries = {
        Channel.SMS: a_delivery(DeliveryStatus.DELIVERED, delivered_at=LATER),
        Channel.EMAIL: a_delivery(DeliveryStatus.CANCELLED, reason=Reason.DELIVERED),
    }
    # When
    told = explain_channel(a_state(deliveries, stop_on=StopOn.DELIVERED), Channel.EMAIL, LATER)
    # Then
    assert told.text == f"Not sent: {REASONS[Reason.DELIVERED]} ({SHOWN['later']})."


def test_a_digested_delivery_names_the_notification_that_tells_of_it() -> None:
    digested = Delivery(status=DeliveryStatus.SUPPRESSED, reason=Reason.DIGESTED)
    assert digest_id(ACME, "window-1") in text_of(digested, digest="window-1")


def test_what_is_not_decided_says_when_it_begins() -> None:
    waiting = explain(a_request(send_at=LATER), None, NOW, starts_at=LATER)
    assert waiting.summary.startswith(f"It has not been sent yet: it begins at {SHOWN['later']}")
    assert (waiting.status, waiting.channels) == ("accepted", ())
    assert [moment.at for moment in waiting.timeline] == [NOW, LATER]


def test_what_was_just_accepted_is_about_to_be_decided() -> None:
    assert "about to be decided" in explained(None).summary


def test_an_escalation_that_goes_on_says_what_arrived_and_what_is_to_come() -> None:
    told = explained(an_escalation(), policy=PolicyId("urgent-orders"))
    assert told.summary == (
        "It lies in the recipient's inbox and was not read yet. It was also sent by text message; whether that arrived "
        f"was not reported yet. Still to come by e-mail, at {SHOWN['later']}."
    )
    assert {fact.name: fact.text for fact in told.facts} | {} == {
        "sender": f"Sent by service:orders, accepted at {SHOWN['now']}.",
        "priority": "Its priority is medium, its category transactional.",
        "channels": "The sender asked for email.",
        "strategy": "One step after another (escalation), as the sender asked.",
        "policy": "It follows the escalation policy “urgent-orders” until somebody reads it.",
        "recipient": "The recipient's addresses are those of the send, completed by the stored ones.",
    }


def test_a_step_that_reading_cancelled_says_so() -> None:
    # Given
    state = an_escalation(read_at=LATER)
    email = a_delivery(DeliveryStatus.CANCELLED, reason=Reason.READ, scheduled_for=LATER)
    # When
    told = explained(a_state(state.deliveries | {Channel.EMAIL: email}, read_at=LATER, stop_on=StopOn.READ))
    # Then
    assert told.status == "read"
    assert f"It was read at {SHOWN['later']}." in told.summary
    assert told.summary.endswith(f"Not by e-mail: {REASONS[Reason.READ]} ({SHOWN['later']}).")


@pytest.mark.parametrize(
    ("deliveries", "headline"),
    [
        ({Channel.EMAIL: a_delivery(DeliveryStatus.DELIVERED)}, "It reached the recipient by e-mail."),
        (
            {Channel.SMS: a_delivery(DeliveryStatus.SENT)},
            "It was sent by text message; whether it arrived was not reported yet.",
        ),
        (
            {Channel.EMAIL: a_delivery(DeliveryStatus.UNKNOWN, reason=Reason.WORKER_DIED)},
            "Nobody can tell whether it reached the recipient.",
        ),
        ({Channel.EMAIL: a_delivery()}, "It has not reached the recipient yet."),
        (
            {Channel.EMAIL: a_delivery(DeliveryStatus.FAILED, reason=Reason.REFUSED)},
            "It did not reach the recipient.",
        ),
        (
            {Channel.EMAIL: Delivery(status=DeliveryStatus.SUPPRESSED, reason=Reason.DIGESTED)},
            "It is not sent by itself. Not by e-mail: it is told together with others, in a digest",
        ),
        (
            {channel: a_delivery(DeliveryStatus.DELIVERED) for channel in Channel},
            "It reached the recipient by e-mail, by text message, by push notification, by WhatsApp, in the inbox, in",
        ),
    ],
)
def test_the_summary_begins_with_whether_it_was_received(deliveries: dict[Channel, Delivery], headline: str) -> None:
    assert explained(a_state(deliveries)).summary.startswith(headline)


@pytest.mark.parametrize(
    ("positions", "said"), [((0,), "0 on duty were"), ((1,), "1 on duty was"), ((2, 1), "3 on duty were")]
)
def test_the_summary_of_what_is_for_those_on_duty_says_that_they_were_asked(
    positions: tuple[int, ...], said: str
) -> None:
    refused = Delivery(status=DeliveryStatus.SUPPRESSED, reason=Reason.NOT_IN_POLICY)
    relays = tuple(
        Relay(rota=ROTA, channels=(Channel.SMS,), not_before=LATER, every=300_000, position=position)
        for position in positions
    )
    summary = explained(a_state({Channel.SMS: refused}, relays=relays)).summary
    assert summary.startswith(f"It did not reach the recipient; {said} asked. Not by text message:")


def test_a_notification_that_was_refused_as_a_whole_says_why_once() -> None:
    refused = Delivery(status=DeliveryStatus.SUPPRESSED, reason=Reason.TENANT_SUSPENDED)
    state = a_state({Channel.EMAIL: refused, Channel.SMS: refused}, reason=Reason.TENANT_SUSPENDED)
    assert explained(state).summary == "Nothing was sent: the tenant was suspended."


def test_the_timeline_is_in_order_and_names_vendors_and_their_ids() -> None:
    told = explained(an_escalation(read_at=Millis(NOW + 5)))
    assert [moment.text for moment in told.timeline] == [
        "Accepted from service:orders.",
        "Delivered in the inbox.",
        "Attempt 1 by text message: first took it, as SM1.",
        "Read.",
        "Due by e-mail.",
    ]


def test_the_timeline_tells_of_an_opened_mail_and_a_followed_link() -> None:
    told = explained(a_state(opened_at=Millis(NOW + 5), clicked_at=Millis(NOW + 6)))
    assert [moment.text for moment in told.timeline][-2:] == [
        "The e-mail was opened.",
        "A link in the e-mail was followed.",
    ]


def test_people_on_duty_are_named_with_what_became_of_asking_them() -> None:
    # Given
    relay = Relay(rota=ROTA, channels=(Channel.SMS,), not_before=LATER, every=300_000, position=1)
    state = an_escalation(relays=(relay,), stop_on=StopOn.ACKNOWLEDGED)
    child = a_request(id=child_id(ACME, ID, 0, 0), recipient=a_recipient(user_id="bob"), parent=ID, accepted_at=NOW)
    # When
    told = explain(a_request(), state, NOW, children=[(child, None)])
    # Then
    [step] = told.relays
    assert [(asked.user_id, asked.status, asked.at) for asked in step.asked] == [("bob", "accepted", NOW)]
    assert step.text == f"1 on duty by the rota “night” was asked; the next one is at {SHOWN['later']}."
    assert "customer/bob on duty by “night” was asked." in [moment.text for moment in told.timeline]


@pytest.mark.parametrize(
    ("marks", "ended", "said"),
    [
        ({"acknowledged_at": LATER}, False, f"it was acknowledged at {SHOWN['later']}."),
        ({"cancelled_at": NOW}, False, "nobody else is, for nothing more of it is sent."),
        ({}, True, "nobody else is, and nobody acknowledged it."),
    ],
)
def test_a_relay_says_why_it_goes_on_no_more(marks: dict[str, Millis], ended: bool, said: str) -> None:
    relay = Relay(rota=ROTA, channels=(Channel.SMS,), not_before=LATER, every=300_000, position=2, ended=ended)
    told = explained(an_escalation(relays=(relay,), **marks))
    assert told.relays[0].text.endswith(said)


def test_a_digest_and_a_message_to_somebody_on_duty_name_what_they_are_about() -> None:
    of = NotificationId("01890a5d-ac96-774b-bcce-b302099a8059")
    facts = {fact.name: fact.text for fact in explained(None, parent=of, digest_of=(of,), expires_at=LATER).facts}
    assert of in facts["parent"]
    assert facts["digest"] == f"It is a digest of 1: {of}."
    assert facts["expiry"] == f"Nothing of it is sent after {SHOWN['later']}."


def test_no_address_is_repeated() -> None:
    told = str(explained(an_escalation(read_at=NOW)))
    recipient = a_recipient()
    assert not [address for address in (recipient.email, recipient.phone, "token-1") if address and address in told]
