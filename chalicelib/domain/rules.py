"""The rules of a decision, in the order they are asked. Adding a rule is adding a function and a line.

A rule says None where it has nothing against sending. The first `Ended` is the end; a `Held` moves the time and the
next rules judge the message at that time.
"""

from collections.abc import Callable
from typing import Final

from chalicelib.domain.allowance import UNCAPPED, cap_for, over_budget, over_cap
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.facts import Facts, Standing
from chalicelib.domain.outcome import Ended, Held, Outcome
from chalicelib.domain.quiet_hours import undisturbed_from, zone_of
from chalicelib.domain.tenant import TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, Strategy


def _tenant_active(facts: Standing) -> Ended | None:
    return None if facts.tenant.status is TenantStatus.ACTIVE else Ended(reason=Reason.TENANT_SUSPENDED)


def _not_expired(facts: Facts) -> Ended | None:
    return _expired_at(facts, facts.now)


def _not_cancelled(facts: Standing) -> Ended | None:
    return Ended(reason=Reason.CANCELLED, status=DeliveryStatus.CANCELLED) if facts.cancelled else None


def _tenant_still_active(facts: Standing, channel: Channel, at: Millis) -> Ended | None:
    return _tenant_active(facts)


def _group_not_cancelled(facts: Standing, channel: Channel, at: Millis) -> Ended | None:
    return _not_cancelled(facts)


def _step_of_the_policy(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    outside = facts.strategy is Strategy.ESCALATION and facts.policy.after(channel) is None
    return Ended(reason=Reason.NOT_IN_POLICY) if outside else None


def _channel_enabled(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    return Ended(reason=Reason.CHANNEL_DISABLED) if channel in facts.tenant.settings.disabled_channels else None


def _address_valid(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    fault = facts.check_address(channel, facts.recipient)
    return None if fault is None else Ended(reason=fault)


def _address_not_suppressed(facts: Standing, channel: Channel, at: Millis) -> Ended | None:
    return Ended(reason=Reason.SUPPRESSED_ADDRESS) if channel in facts.suppressed else None


def _wanted(facts: Standing, channel: Channel, at: Millis) -> Ended | None:
    request = facts.request
    if request.category in facts.tenant.settings.mandatory_categories:
        return None
    level = facts.preferences.turned_off(channel, request.category, request.type, request.topic)
    return None if level is None else Ended(reason=Reason.PREFERENCE_OFF, detail=level)


def _not_digested(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    rule = facts.tenant.settings.digests.get(facts.request.category)
    if rule is None or channel not in rule.channels:
        return None
    request = facts.request
    told_now = facts.critical or request.digest_of or request.parent or facts.strategy is Strategy.ESCALATION
    return None if told_now else Ended(reason=Reason.DIGESTED)


def _undisturbed(facts: Facts, channel: Channel, at: Millis) -> Held | None:
    on_duty = facts.request.parent is not None
    if facts.critical or on_duty or channel in UNCAPPED:
        return None
    until, reason = undisturbed_from(
        at,
        facts.preferences.quiet_hours or (),
        zone_of((facts.preferences.time_zone, facts.recipient.time_zone, facts.tenant.configuration.time_zone)),
        facts.preferences.do_not_disturb_until,
    )
    return None if reason is None else Held(reason=reason, until=until)


def _not_expired_by_then(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    return _expired_at(facts, at)


def _under_cap(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    if facts.critical or channel in UNCAPPED or at > facts.now:
        return None
    over = over_cap(facts.usage, channel, cap_for(facts.preferences, channel), facts.now)
    return None if over is None else Ended(reason=Reason.FREQUENCY_CAPPED, detail=over)


def _within_budget(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    budgets = facts.tenant.settings.budgets
    if not budgets or at > facts.now:
        return None
    over = over_budget(budgets, facts.spent, facts.request.category, facts.estimate(channel))
    return None if over is None else Ended(reason=Reason.BUDGET_EXCEEDED, detail=over)


def _provider_exists(facts: Facts, channel: Channel, at: Millis) -> Ended | None:
    if channel is Channel.IN_APP:
        return None
    wanted = facts.request.providers.get(channel)
    offered = facts.providers.get(channel, ())
    if wanted is not None and wanted not in {provider.id for provider in offered}:
        return Ended(reason=Reason.UNKNOWN_PROVIDER)
    return None if offered else Ended(reason=Reason.NO_PROVIDER)


NOTIFICATION_RULES: Final[tuple[Callable[[Facts], Ended | None], ...]] = (
    _tenant_active,
    _not_expired,
    _not_cancelled,
)
CHANNEL_RULES: Final[tuple[Callable[[Facts, Channel, Millis], Outcome | None], ...]] = (
    _step_of_the_policy,
    _channel_enabled,
    _address_valid,
    _address_not_suppressed,
    _wanted,
    _not_digested,
    _undisturbed,
    _not_expired_by_then,
    _under_cap,
    _within_budget,
    _provider_exists,
)
RULES_WHEN_DUE: Final[tuple[Callable[[Standing, Channel, Millis], Ended | None], ...]] = (
    _tenant_still_active,
    _group_not_cancelled,
    _address_not_suppressed,
    _wanted,
)
"""The rules that are asked again when a delivery comes due, and last before it is made."""


def refusal_when_due(standing: Standing, channel: Channel, now: Millis) -> Ended | None:
    """Return what speaks by now against a delivery that was decided before."""
    return next((refused for rule in RULES_WHEN_DUE if (refused := rule(standing, channel, now)) is not None), None)


def _expired_at(facts: Facts, at: Millis) -> Ended | None:
    expires_at = facts.request.expires_at
    if expires_at is None or expires_at > at:
        return None
    return Ended(reason=Reason.EXPIRED, status=DeliveryStatus.EXPIRED)
