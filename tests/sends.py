"""Sends as hypothesis makes them up, and worlds to send them in, in which everything is switched on that can speak
against a message: preferences, quiet hours, suppressions, caps, budgets, prices, digests, policies and rotas.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as some

from chalicelib.domain.allowance import Budget, Period, Price, Taking, Usage
from chalicelib.domain.content import Content
from chalicelib.domain.digest import DigestRule, WindowMode
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.ids import PolicyId, ProviderId, RotaId, UserId, UserType
from chalicelib.domain.preferences import Cap, Preferences, QuietWindow
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.tenant import Tenant, TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, StopOn, Strategy, Weekday
from chalicelib.services.order import Order
from tests.build import ACME, NOW, a_recipient, a_tenant
from tests.store.stores import Store

HOUR = 3_600_000
CUSTOMER = UserType("customer")
USERS = (UserId("u1"), UserId("u2"))
ON_CALL = RotaId("on-call")
POLICY = PolicyId("own")
CATEGORIES = ("transactional", "marketing", "alert")
TYPES = (None, "order.shipped")
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu")

channels = some.sampled_from(Channel)
some_channels = some.lists(channels, unique=True, max_size=4).map(tuple)
zones = some.sampled_from((None, *ZONES))
amounts = some.sampled_from((1, 5_000, 8_000, 20_000))
switches = some.dictionaries(channels, some.booleans(), max_size=2)


@dataclass(frozen=True)
class Scene:
    """A tenant, what is stored of it, and an order of it."""

    tenant: Tenant
    providers: tuple[ProviderConfig, ...]
    policies: tuple[EscalationPolicy, ...]
    rotas: tuple[Rota, ...]
    stored: tuple[Recipient, ...]
    preferences: dict[UserId, Preferences]
    suppressed: tuple[tuple[Channel, str], ...]
    usages: dict[UserId, Usage]
    order: Order

    def put_into(self, store: Store) -> None:
        """Store all but the order."""
        store.tenants.create(self.tenant)
        for provider in self.providers:
            store.providers.create(ACME, provider)
        for policy in self.policies:
            store.policies.create(ACME, policy)
        for rota in self.rotas:
            store.rotas.create(ACME, rota)
        for recipient in self.stored:
            store.recipients.put(ACME, recipient)
        for user, preferences in self.preferences.items():
            store.preferences.put(ACME, CUSTOMER, user, preferences)
        for channel, address in self.suppressed:
            listed = Suppression(
                channel=channel, address=address, reason=SuppressionReason.MANUAL, created_at=Millis(NOW - HOUR)
            )
            store.suppressions.put(ACME, listed)
        for user, usage in self.usages.items():
            store.usages.put(ACME, CUSTOMER, user, usage, NOW // 1_000 + 86_400)


@some.composite
def windows(draw: some.DrawFn) -> QuietWindow:
    """Return quiet hours, often around the time of the tests (08:00 UTC on a Friday)."""
    start = draw(some.sampled_from((0, 7 * 60, 8 * 60, 22 * 60)))
    length = draw(some.sampled_from((30, 120, 600)))
    days = draw(some.sampled_from((tuple(Weekday), (Weekday.FRI,), (Weekday.MON, Weekday.THU))))
    return QuietWindow(start=start, end=(start + length) % 1_440 or 1_440, days=days)


@some.composite
def preferences(draw: some.DrawFn) -> Preferences:
    """Return choices."""
    return Preferences(
        channels=draw(switches),
        categories=draw(some.dictionaries(some.sampled_from(CATEGORIES), switches, max_size=1)),
        types=draw(some.dictionaries(some.just("order.shipped"), some.booleans(), max_size=1)),
        quiet_hours=draw(some.none() | some.lists(windows(), max_size=1).map(tuple)),
        time_zone=draw(zones),
        do_not_disturb_until=draw(some.sampled_from((None, None, Millis(NOW + HOUR)))),
        caps=draw(some.dictionaries(channels, some.builds(Cap, hour=some.sampled_from((1, 2, None))), max_size=2)),
    )


@some.composite
def settings(draw: some.DrawFn) -> TenantSettings:
    """Return what a tenant chose."""
    rule = some.builds(
        DigestRule,
        window=some.sampled_from((60, 900)),
        channels=some_channels.filter(bool),
        mode=some.sampled_from(WindowMode),
    )
    budget = some.builds(
        Budget, period=some.sampled_from(Period), limit=amounts, category=some.sampled_from((None, "marketing"))
    )
    return TenantSettings(
        time_zone=draw(some.sampled_from(ZONES)),
        default_strategy=draw(some.sampled_from(Strategy)),
        default_channels=draw(some_channels.filter(bool)),
        disabled_channels=draw(some.lists(channels, max_size=1).map(tuple)),
        preferences=draw(some.just(Preferences()) | preferences()),
        mandatory_categories=draw(some.sampled_from(((), ("transactional",)))),
        digests=draw(some.dictionaries(some.just("marketing"), rule, max_size=1)),
        prices=tuple(draw(some.lists(some.builds(Price, channel=channels, amount=amounts), max_size=6))),
        budgets=tuple(draw(some.lists(budget, max_size=2, unique_by=lambda each: (each.period, each.category)))),
        downgrade=draw(some.booleans()),
    )


@some.composite
def providers(draw: some.DrawFn) -> tuple[ProviderConfig, ...]:
    """Return a few providers, of which some are equals that share by weight."""
    wanted = draw(some.lists(some.tuples(channels, some.integers(0, 1)), unique=True, max_size=6))
    return tuple(
        ProviderConfig(
            id=ProviderId(f"{channel}-{number}"),
            channel=channel,
            vendor="fake",
            enabled=draw(some.sampled_from((True, True, True, False))),
            priority=draw(some.sampled_from((10, 10, 20))),
            weight=draw(some.integers(1, 3)),
        )
        for channel, number in wanted
        if channel is not Channel.IN_APP
    )


@some.composite
def policies(draw: some.DrawFn) -> EscalationPolicy:
    """Return a policy whose steps address each channel once, and perhaps people on duty."""
    addressed = draw(some.permutations(list(Channel)))
    steps = [Step(channels=(channel,), after=number * 300) for number, channel in enumerate(addressed)]
    if draw(some.booleans()):
        after = draw(some.sampled_from((0, 400)))
        steps.append(
            Step(channels=(Channel.SMS,), after=after, rota=ON_CALL, every=draw(some.sampled_from((60, None))))
        )
    steps.sort(key=lambda step: step.after)
    return EscalationPolicy(id=POLICY, steps=tuple(steps), stop_on=draw(some.sampled_from(StopOn)))


@some.composite
def rotas(draw: some.DrawFn) -> Rota:
    """Return a rota that changes around the time of the tests."""
    team = [Person(user_type=CUSTOMER, user_id=UserId(name)) for name in ("day", "night", "chief")]
    turn = draw(some.sampled_from((8 * 60 + 5, 12 * 60)))
    shifts = (Shift(people=(team[0],), start=0, end=turn), Shift(people=(team[1],), start=turn, end=1_440))
    return Rota(id=ON_CALL, time_zone="UTC", shifts=shifts, fallback=draw(some.sampled_from(((), (team[2],)))))


@some.composite
def recipients(draw: some.DrawFn, user: UserId) -> Recipient:
    """Return a recipient who may lack addresses, or have one that cannot be right."""
    return a_recipient(
        user_id=user,
        email=draw(some.sampled_from((f"{user}@example.com", f"{user}@example.com", None, "nowhere"))),
        phone=draw(some.sampled_from(("+14155550100", "+447911123456", None))),
        device_tokens=draw(some.sampled_from(((), ("token-1",)))),
        time_zone=draw(zones),
    )


@some.composite
def orders(draw: some.DrawFn, offered: tuple[ProviderConfig, ...]) -> Order:
    """Return an order that would be accepted."""
    timing: dict[str, Any] = draw(
        some.sampled_from(({}, {}, {}, {"send_at": Millis(NOW + 2 * HOUR)}, {"send_at_local": 9 * 60}))
    )
    wanted = draw(some.sampled_from((None, *(provider for provider in offered if provider.enabled))))
    users = USERS[: draw(some.integers(1, 2))]
    return Order(
        tenant=ACME,
        recipients=tuple(
            draw(recipients(user) | some.just(Recipient(user_type=CUSTOMER, user_id=user))) for user in users
        ),
        content=Content(subject="Hello", body=draw(some.sampled_from(("It is on its way.", "x" * 2_000)))),
        category=draw(some.sampled_from(CATEGORIES)),
        priority=draw(some.sampled_from(Priority)),
        channels=draw(some_channels),
        type=draw(some.sampled_from(TYPES)),
        strategy=draw(some.sampled_from((None, *Strategy))),
        providers={} if wanted is None else {wanted.channel: wanted.id},
        expires_at=draw(some.sampled_from((None, None, Millis(NOW + HOUR)))),
        policy=draw(some.sampled_from((None, POLICY))),
        **timing,
    )


@some.composite
def scenes(draw: some.DrawFn) -> Scene:
    """Return a scene."""
    offered = draw(providers())
    taken = tuple(Taking(mark=f"{number:012d}", at=Millis(NOW - 60_000 - number)) for number in (2, 1))
    used = some.builds(Usage, taken=some.dictionaries(channels, some.just(taken), min_size=1), version=some.just(1))
    return Scene(
        tenant=a_tenant(settings=draw(settings())),
        providers=offered,
        policies=(draw(policies()),),
        rotas=(draw(rotas()),),
        stored=tuple(draw(some.lists(some.sampled_from(USERS).flatmap(recipients), max_size=2))),
        preferences=draw(some.dictionaries(some.sampled_from(USERS), preferences(), max_size=2)),
        suppressed=tuple(draw(some.lists(some.sampled_from([(Channel.EMAIL, "u1@example.com")]), max_size=1))),
        usages=draw(some.dictionaries(some.sampled_from(USERS), used, max_size=1)),
        order=draw(orders(offered)),
    )
