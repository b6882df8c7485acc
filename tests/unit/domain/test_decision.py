from typing import Any

import pytest

from chalicelib.domain.allowance import Budget, Period, Taking, Usage, mark_of
from chalicelib.domain.decision import decide, next_due
from chalicelib.domain.delivery import Delivery, DeliveryStatus, Detail
from chalicelib.domain.digest import DigestRule
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.ids import NotificationId, PolicyId, ProviderId, RotaId
from chalicelib.domain.preferences import Cap, Preferences, QuietWindow
from chalicelib.domain.routing import order_providers
from chalicelib.domain.state import Basis, NotificationState, Relay, Source
from chalicelib.domain.tenant import TenantSettings, TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Reason, StopOn, Strategy
from tests.build import NOW, a_request, a_tenant
from tests.facts import a_provider, facts

MINUTE, HOUR = 60_000, 3_600_000
MIDNIGHT = Millis(NOW - NOW % (24 * HOUR))
"""Of the day that the tests play on, in UTC."""
ESCALATES = a_request(channels=(Channel.IN_APP, Channel.SMS, Channel.EMAIL), strategy=Strategy.ESCALATION)


DIGEST = DigestRule(window=600, channels=(Channel.EMAIL,))
CAPPED = Usage(taken={Channel.EMAIL: (Taking(mark=mark_of(NotificationId("f" * 36)), at=NOW),)})
ONE_A_DAY = Preferences(caps={Channel.EMAIL: Cap(day=1)})
BUDGET = Budget(period=Period.DAY, limit=100)


def six(channel: Channel) -> int:
    return 6


def quiet_at(now: Millis, *, minutes: int) -> Preferences:
    """Choices by which it is quiet from a minute before `now` until so many minutes after, in UTC."""
    start = (now - MIDNIGHT) // MINUTE - 1
    return Preferences(quiet_hours=(QuietWindow(start=start, end=start + 1 + minutes),))


def with_settings(**changes: Any) -> dict[str, Any]:
    """The facts of a tenant with such settings."""
    return {"tenant": a_tenant(settings=TenantSettings(**changes))}


def the_email(**changes: Any) -> Delivery:
    """What is decided on the e-mail."""
    return decide(facts(**changes)).deliveries[Channel.EMAIL]


def planned(state: NotificationState) -> dict[str, tuple[str, int]]:
    """The status of each delivery and the minutes it waits."""
    return {
        channel.value: (delivery.status.value, ((delivery.not_before or NOW) - NOW) // MINUTE)
        for channel, delivery in state.deliveries.items()
    }


def test_a_good_request_is_queued_with_its_providers_in_order() -> None:
    state = decide(facts())

    assert state.deliveries[Channel.EMAIL].status is DeliveryStatus.QUEUED
    assert state.deliveries[Channel.EMAIL].providers == ("main", "spare")
    assert (state.strategy, state.stop_on) == (Strategy.BROADCAST, None)


def test_channels_left_out_are_the_tenants_defaults() -> None:
    state = decide(facts(request=a_request(channels=())))

    assert set(state.deliveries) == {Channel.IN_APP}


def test_an_override_comes_first_and_keeps_the_others_as_spares() -> None:
    state = decide(facts(request=a_request(providers={Channel.EMAIL: ProviderId("spare")})))

    assert state.deliveries[Channel.EMAIL].providers == ("spare", "main")


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"tenant": a_tenant(status=TenantStatus.SUSPENDED)}, "suppressed", Reason.TENANT_SUSPENDED),
        ({"request": a_request(expires_at=NOW)}, "expired", Reason.EXPIRED),
        (
            {"tenant": a_tenant(settings=TenantSettings(disabled_channels=(Channel.EMAIL,)))},
            "suppressed",
            Reason.CHANNEL_DISABLED,
        ),
        ({"check_address": lambda c, r: Reason.MISSING_ADDRESS}, "suppressed", Reason.MISSING_ADDRESS),
        ({"providers": {}}, "suppressed", Reason.NO_PROVIDER),
        (
            {"request": a_request(providers={Channel.EMAIL: ProviderId("gone")})},
            "suppressed",
            Reason.UNKNOWN_PROVIDER,
        ),
        ({"cancelled": True}, "cancelled", Reason.CANCELLED),
        ({"suppressed": frozenset({Channel.EMAIL})}, "suppressed", Reason.SUPPRESSED_ADDRESS),
        ({"preferences": Preferences(channels={Channel.EMAIL: False})}, "suppressed", Reason.PREFERENCE_OFF),
        (with_settings(digests={"transactional": DIGEST}), "suppressed", Reason.DIGESTED),
        ({"usage": CAPPED, "preferences": ONE_A_DAY}, "suppressed", Reason.FREQUENCY_CAPPED),
        ({**with_settings(budgets=(BUDGET,)), "spent": (95,), "estimate": six}, "suppressed", Reason.BUDGET_EXCEEDED),
    ],
)
def test_each_rule_refuses_with_its_reason(changes: dict[str, Any], status: str, reason: Reason) -> None:
    delivery = decide(facts(**changes)).deliveries[Channel.EMAIL]

    assert (delivery.status, delivery.reason) == (status, reason)


@pytest.mark.parametrize(
    ("priority", "asked", "default", "expected"),
    [
        (Priority.CRITICAL, Strategy.ESCALATION, Strategy.ESCALATION, Strategy.BROADCAST),
        (Priority.HIGH, None, Strategy.ESCALATION, Strategy.BROADCAST),
        (Priority.HIGH, Strategy.ESCALATION, Strategy.BROADCAST, Strategy.ESCALATION),
        (Priority.MEDIUM, None, Strategy.BROADCAST, Strategy.BROADCAST),
        (Priority.MEDIUM, None, Strategy.ESCALATION, Strategy.ESCALATION),
        (Priority.LOW, None, Strategy.BROADCAST, Strategy.ESCALATION),
        (Priority.LOW, Strategy.BROADCAST, Strategy.ESCALATION, Strategy.BROADCAST),
    ],
)
def test_strategy_follows_from_priority_request_and_tenant(
    priority: Priority, asked: Strategy | None, default: Strategy, expected: Strategy
) -> None:
    state = decide(
        facts(
            request=a_request(priority=priority, strategy=asked),
            tenant=a_tenant(settings=TenantSettings(default_strategy=default)),
        )
    )

    assert (state.strategy, state.stop_on is not None) == (expected, expected is Strategy.ESCALATION)


def test_providers_are_ordered_by_priority_and_shared_by_weight() -> None:
    heavy, light = a_provider("heavy", weight=3), a_provider("light", weight=1)
    first, off = a_provider("first", priority=1), a_provider("off", priority=0, enabled=False)

    ordered = [order_providers([heavy, off, light, first], point) for point in (0.0, 0.74, 0.76)]

    assert [[provider.id for provider in order] for order in ordered] == [
        ["first", "heavy", "light"],
        ["first", "heavy", "light"],
        ["first", "light", "heavy"],
    ]


def test_what_the_decision_rests_on_is_recorded() -> None:
    assert decide(facts(recipient_from=Source.STORED)).basis == Basis(strategy=Source.TENANT, recipient=Source.STORED)
    assert decide(facts(request=ESCALATES)).basis == Basis(strategy=Source.REQUEST, recipient=Source.REQUEST)
    assert decide(facts(request=a_request(priority=Priority.LOW))).basis == Basis(
        strategy=Source.PRIORITY, recipient=Source.REQUEST
    )


@pytest.mark.parametrize(
    ("preferences", "detail"),
    [
        (Preferences(channels={Channel.EMAIL: False}), Detail.CHANNEL),
        (Preferences(categories={"transactional": {Channel.EMAIL: False}}), Detail.CATEGORY),
        (Preferences(types={"order.shipped": False}), Detail.TYPE),
        (Preferences(topics={"news": False}), Detail.TOPIC),
        (Preferences(channels={Channel.SMS: False}, categories={"marketing": {Channel.EMAIL: False}}), None),
        (Preferences(types={"order.paid": False}, topics={"sports": False}), None),
    ],
)
def test_choices_hold_on_every_level(preferences: Preferences, detail: Detail | None) -> None:
    request = a_request(type="order.shipped", topic="news")

    assert the_email(request=request, preferences=preferences).detail == detail


def test_a_users_choice_goes_over_the_tenants_default() -> None:
    defaults = Preferences(categories={"news": {Channel.EMAIL: False, Channel.SMS: False}}, time_zone="Asia/Tokyo")
    chosen = Preferences(categories={"news": {Channel.EMAIL: True}}, quiet_hours=())

    both = chosen.over(defaults)

    assert both.categories == {"news": {Channel.EMAIL: True, Channel.SMS: False}}
    assert (both.time_zone, both.quiet_hours) == ("Asia/Tokyo", ())


def test_a_mandatory_category_cannot_be_turned_off() -> None:
    off = Preferences(channels={Channel.EMAIL: False})

    assert the_email(**with_settings(mandatory_categories=("transactional",)), preferences=off).reason is None


def test_quiet_hours_put_off_to_their_end() -> None:
    delivery = the_email(preferences=quiet_at(NOW, minutes=30))

    assert delivery.status is DeliveryStatus.SCHEDULED
    assert delivery.not_before == delivery.scheduled_for == NOW - NOW % MINUTE + 30 * MINUTE
    assert delivery.held is Reason.QUIET_HOURS
    assert delivery.providers == ("main", "spare")


def test_do_not_disturb_puts_off_too_and_quiet_hours_after_it() -> None:
    until = Millis(NOW + 10 * MINUTE)

    delivery = the_email(preferences=Preferences(do_not_disturb_until=until))

    assert (delivery.not_before, delivery.held) == (until, Reason.DO_NOT_DISTURB)


def test_what_would_wait_beyond_its_end_expires_at_once() -> None:
    delivery = the_email(preferences=quiet_at(NOW, minutes=30), request=a_request(expires_at=Millis(NOW + 10 * MINUTE)))

    assert (delivery.status, delivery.reason) == (DeliveryStatus.EXPIRED, Reason.EXPIRED)


def test_the_inbox_disturbs_nobody() -> None:
    request = a_request(channels=(Channel.IN_APP,))

    state = decide(facts(request=request, preferences=quiet_at(NOW, minutes=30)))

    assert state.deliveries[Channel.IN_APP].status is DeliveryStatus.QUEUED


def test_whoever_is_on_duty_is_asked_at_once() -> None:
    asked = a_request(parent=NotificationId("01890a5d-ac96-774b-bcce-000000000001"))

    assert the_email(request=asked, preferences=quiet_at(NOW, minutes=30)).status is DeliveryStatus.QUEUED


def test_critical_ignores_rest_and_caps_but_no_opt_out() -> None:
    critical = a_request(priority=Priority.CRITICAL)
    rest = quiet_at(NOW, minutes=30)

    assert the_email(request=critical, preferences=rest).status is DeliveryStatus.QUEUED
    assert the_email(request=critical, preferences=ONE_A_DAY, usage=CAPPED).status is DeliveryStatus.QUEUED
    assert the_email(request=critical, **with_settings(digests={"transactional": DIGEST})).reason is None
    off = Preferences(channels={Channel.EMAIL: False})
    assert the_email(request=critical, preferences=off).reason is Reason.PREFERENCE_OFF
    listed = frozenset({Channel.EMAIL})
    assert the_email(request=critical, suppressed=listed).reason is Reason.SUPPRESSED_ADDRESS


def test_the_default_policy_goes_from_the_inbox_to_text_to_mail() -> None:
    state = decide(facts(request=ESCALATES))

    assert planned(state) == {"in_app": ("queued", 0), "sms": ("scheduled", 10), "email": ("scheduled", 40)}
    assert state.stop_on is StopOn.READ
    assert next_due(state, NOW) == NOW + 10 * MINUTE
    assert next_due(state, Millis(NOW + 10 * MINUTE)) == NOW + 40 * MINUTE


def test_only_steps_on_requested_channels_run() -> None:
    request = a_request(channels=(Channel.EMAIL, Channel.PUSH), strategy=Strategy.ESCALATION)

    state = decide(facts(request=request))

    assert planned(state) == {"email": ("scheduled", 40), "push": ("suppressed", 0)}
    assert state.deliveries[Channel.PUSH].reason is Reason.NOT_IN_POLICY


def test_steps_keep_their_distance_to_one_that_has_to_wait() -> None:
    ten_past = Millis(NOW - NOW % MINUTE)

    state = decide(facts(request=ESCALATES, now=ten_past, preferences=quiet_at(ten_past, minutes=60)))

    sms, email = state.deliveries[Channel.SMS], state.deliveries[Channel.EMAIL]
    assert (sms.not_before, sms.held) == (ten_past + 60 * MINUTE, Reason.QUIET_HOURS)
    assert (email.not_before, email.held) == (ten_past + 90 * MINUTE, None)


def test_a_rota_step_asks_those_on_duty() -> None:
    on_call = Step(channels=(Channel.SMS,), after=300, rota=RotaId("ops"), every=120)
    policy = EscalationPolicy(
        id=PolicyId("page"), steps=(Step(channels=(Channel.EMAIL,)), on_call), stop_on=StopOn.ACKNOWLEDGED
    )
    request = a_request(strategy=Strategy.ESCALATION)

    state = decide(facts(request=request, policy=policy))

    relay = Relay(rota=RotaId("ops"), channels=(Channel.SMS,), not_before=Millis(NOW + 300_000), every=120_000)
    assert (state.relays, state.stop_on) == ((relay,), StopOn.ACKNOWLEDGED)
    assert planned(state) == {"email": ("queued", 0)}
    assert next_due(state, NOW) == NOW + 300_000


@pytest.mark.parametrize(
    ("asked", "too_dear", "expected"),
    [
        ((Channel.SMS,), {Channel.SMS}, {Channel.PUSH: Detail.INSTEAD_OF_SMS}),
        ((Channel.SMS,), {Channel.SMS, Channel.PUSH}, {Channel.EMAIL: Detail.INSTEAD_OF_SMS}),
        ((Channel.PUSH,), {Channel.PUSH}, {Channel.EMAIL: Detail.INSTEAD_OF_PUSH}),
        ((Channel.SMS, Channel.PUSH), {Channel.SMS}, {}),
        ((Channel.SMS,), set(Channel), {}),
        ((Channel.SMS,), set(), {}),
    ],
)
def test_a_cheaper_channel_stands_in_for_what_the_budget_does_not_allow(
    asked: tuple[Channel, ...], too_dear: set[Channel], expected: dict[Channel, Detail]
) -> None:
    decided = facts(
        request=a_request(channels=asked),
        **with_settings(budgets=(BUDGET,), downgrade=True),
        spent=(95,),
        estimate=lambda channel: 6 if channel in too_dear else 1,
    )

    deliveries = decide(decided).deliveries

    assert {
        c: d.detail for c, d in deliveries.items() if d.status is DeliveryStatus.QUEUED and c not in asked
    } == expected
