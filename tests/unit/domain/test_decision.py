from typing import Any

import pytest

from chalicelib.domain.decision import Facts, decide, order_providers
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.tenant import TenantSettings, TenantStatus
from chalicelib.domain.words import Channel, Priority, Reason, Strategy
from tests.build import NOW, a_recipient, a_request, a_tenant


def a_provider(id: str = "main", **changes: Any) -> ProviderConfig:
    fields: dict[str, Any] = {"id": ProviderId(id), "channel": Channel.EMAIL, "vendor": "smtp"}
    return ProviderConfig(**(fields | changes))


def facts(**changes: Any) -> Facts:
    fields: dict[str, Any] = {
        "request": a_request(),
        "recipient": a_recipient(),
        "tenant": a_tenant(),
        "providers": {Channel.EMAIL: (a_provider("main"), a_provider("spare"))},
        "check_address": lambda channel, recipient: None,
        "now": NOW,
    }
    return Facts(**(fields | changes))


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
