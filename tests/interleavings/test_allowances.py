"""Caps and budgets under every order of duplicate dispatchers, redelivery and crashes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.allowance import NO_CAP, Budget, Period, Usage
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.outcome import Ended
from chalicelib.domain.preferences import Cap, Preferences
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.allowances import Allowances, Wanted
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, ID, NOW, a_recipient, a_state, a_tenant
from tests.explore import Actor, Scenario, Stepping, explore
from tests.twin import Rows, TwinSpendings, TwinUsages
from tests.world import World

ANN = a_recipient()
OTHER = NotificationId("01890a5d-ac96-774b-bcce-b302099a8058")
THIRD = NotificationId("01890a5d-ac96-774b-bcce-b302099a8059")
DAILY = Budget(period=Period.DAY, limit=100)
ON_CATEGORY = Budget(period=Period.MONTH, limit=100, category="transactional")
ONCE = {Channel.EMAIL: Wanted(cap=Cap(hour=1))}
ONE_AN_HOUR = TenantSettings(preferences=Preferences(caps={Channel.EMAIL: Cap(hour=1)}))
Refused = dict[Channel, Ended]


@dataclass
class Stage:
    """A store, dispatchers on it, and what each was told: the channels refused, by its name."""

    wanted: Mapping[Channel, Wanted]
    budgets: Sequence[Budget] = ()
    rows: Rows = field(default_factory=Rows)
    actors: list[Actor] = field(default_factory=list)
    told: dict[str, Refused] = field(default_factory=dict)

    def dispatcher(self, name: str, id: NotificationId = ID, *, may_crash: bool = False) -> None:
        """Add a dispatcher that has read the usage before any of them took."""
        actor = Actor(name, lambda: None, may_crash=may_crash)

        def run() -> None:
            self.told[name] = self.take(id, lambda port: Stepping(port, lambda: actor))

        actor.run = run
        self.actors.append(actor)

    def take(self, id: NotificationId = ID, wrap: Callable[[Any], Any] = lambda port: port) -> Refused:
        allowances = Allowances(wrap(TwinUsages(self.rows)), wrap(TwinSpendings(self.rows)))
        return allowances.take(a_state(id=id), self.wanted, self.budgets, Usage(), NOW)

    def released(self, channel: Channel = Channel.EMAIL) -> list[str]:
        """The marks of what was released, each as often as it is on record."""
        usage = TwinUsages(self.rows).get(ACME, ANN.user_type, ANN.user_id)
        return [taking.mark for taking in usage.taken.get(channel, ())]

    def spent(self, budget: Budget) -> int:
        return TwinSpendings(self.rows).spent(ACME, [budget], NOW)[0]


def test_a_notification_dispatched_twice_is_counted_once_and_both_may_publish() -> None:
    def make() -> Scenario:
        stage = Stage(ONCE)
        for name in ("one", "two", "three"):
            stage.dispatcher(name)

        def check() -> None:
            assert stage.told == {"one": {}, "two": {}, "three": {}}
            assert stage.released() == [ID[-12:]]

        return Scenario(stage.actors, check)

    assert explore(make) >= 18


def test_of_three_notifications_under_a_cap_of_one_just_one_is_released() -> None:
    def make() -> Scenario:
        stage = Stage(ONCE)
        for id in (ID, OTHER, THIRD):
            stage.dispatcher(id, id)

        def check() -> None:
            assert sorted(map(len, stage.told.values())) == [0, 1, 1]
            assert len(stage.released()) == 1

        return Scenario(stage.actors, check)

    assert explore(make) >= 18


def test_a_cap_holds_under_redelivery_and_crashes_at_every_step() -> None:
    def make() -> Scenario:
        stage = Stage(ONCE)
        stage.dispatcher("one", ID, may_crash=True)
        stage.dispatcher("one again", ID, may_crash=True)
        stage.dispatcher("other", OTHER, may_crash=True)

        def check() -> None:
            again = {id: stage.take(id) for id in (OTHER, ID)}
            assert sorted(map(len, again.values())) == [0, 1]
            assert len(stage.released()) == 1
            # Nobody was told that it may go out and learns the contrary when asking again, or the other way round.
            for name, refused in stage.told.items():
                assert refused == again[OTHER if name == "other" else ID]

        return Scenario(stage.actors, check)

    assert explore(make, crashes=2) >= 138


def test_money_is_spent_once_for_a_notification_dispatched_twice() -> None:
    def make() -> Scenario:
        stage = Stage({Channel.EMAIL: Wanted(cap=NO_CAP, cost=25)}, [DAILY, ON_CATEGORY])
        stage.dispatcher("one")
        stage.dispatcher("two")

        def check() -> None:
            assert stage.told == {"one": {}, "two": {}}
            assert (stage.spent(DAILY), stage.spent(ON_CATEGORY)) == (25, 25)

        return Scenario(stage.actors, check)

    assert explore(make) >= 20


def test_a_budget_for_one_is_never_exceeded_and_its_message_is_never_paid_twice() -> None:
    def make() -> Scenario:
        stage = Stage({Channel.EMAIL: Wanted(cap=Cap(hour=5), cost=60)}, [DAILY])
        stage.dispatcher("one", ID)
        stage.dispatcher("other", OTHER)

        def check() -> None:
            assert sorted(map(len, stage.told.values())) == [0, 1]
            assert len(stage.released()) == 1
            assert stage.spent(DAILY) == 60

        return Scenario(stage.actors, check)

    assert explore(make) >= 6


def test_what_a_later_budget_refuses_is_given_back_to_the_earlier() -> None:
    def make() -> Scenario:
        scarce = Budget(period=Period.MONTH, limit=60)
        stage = Stage({Channel.EMAIL: Wanted(cap=NO_CAP, cost=50)}, [DAILY, scarce])
        stage.dispatcher("one", ID)
        stage.dispatcher("other", OTHER)

        def check() -> None:
            assert len(stage.released()) == 1
            assert (stage.spent(DAILY), stage.spent(scarce)) == (50, 50)

        return Scenario(stage.actors, check)

    assert explore(make) >= 26


def test_a_full_cap_gives_the_money_back() -> None:
    def make() -> Scenario:
        stage = Stage({Channel.EMAIL: Wanted(cap=Cap(hour=1), cost=30)}, [DAILY])
        stage.dispatcher("one", ID)
        stage.dispatcher("other", OTHER)

        def check() -> None:
            assert len(stage.released()) == 1
            assert stage.spent(DAILY) == 30

        return Scenario(stage.actors, check)

    assert explore(make) >= 6


def test_a_crash_costs_the_money_of_one_message_at_most_and_no_budget_is_exceeded() -> None:
    spent = set()

    def make() -> Scenario:
        stage = Stage({Channel.EMAIL: Wanted(cap=Cap(hour=1), cost=30)}, [DAILY, ON_CATEGORY])
        stage.dispatcher("one", ID, may_crash=True)
        stage.dispatcher("one again", ID, may_crash=True)

        def check() -> None:
            assert stage.take() == {}
            assert stage.released() == [ID[-12:]]
            spent.add((stage.spent(DAILY), stage.spent(ON_CATEGORY)))

        return Scenario(stage.actors, check)

    assert explore(make, crashes=1) >= 148
    assert spent == {(30, 30), (60, 30), (60, 60), (30, 60)}


def test_channels_of_one_notification_are_allowed_or_refused_each_for_itself() -> None:
    def make() -> Scenario:
        wanted = {Channel.EMAIL: Wanted(cap=Cap(hour=2), cost=10), Channel.SMS: Wanted(cap=Cap(hour=1), cost=70)}
        stage = Stage(wanted, [DAILY])
        stage.dispatcher("one", ID)
        stage.dispatcher("other", OTHER)

        def check() -> None:
            refused = sorted((set(told) for told in stage.told.values()), key=len)
            assert refused == [set(), {Channel.SMS}]
            assert len(stage.released(Channel.EMAIL)) == 2
            assert len(stage.released(Channel.SMS)) == 1
            assert stage.spent(DAILY) == 90

        return Scenario(stage.actors, check)

    assert explore(make) >= 26


def test_what_ignores_its_cap_is_paid_once_and_counts_for_nobody() -> None:
    def make() -> Scenario:
        stage = Stage({Channel.EMAIL: Wanted(cap=None, cost=40)}, [DAILY])
        stage.dispatcher("one", ID)
        stage.dispatcher("one again", ID)

        def check() -> None:
            assert stage.spent(DAILY) == 40
            stage.wanted = ONCE
            assert stage.take(OTHER) == {}
            assert stage.take(THIRD).keys() == {Channel.EMAIL}

        return Scenario(stage.actors, check)

    assert explore(make) >= 6


@dataclass
class Office:
    """A world whose tenant lets one e-mail an hour through, dispatchers in it, and notifications that were accepted."""

    world: World = field(default_factory=lambda: World(tenant=a_tenant(settings=ONE_AN_HOUR)))
    actors: list[Actor] = field(default_factory=list)

    def __post_init__(self) -> None:
        for id in (ID, OTHER):
            self.world.accepted(id=id)

    def dispatcher(self, name: str, id: NotificationId) -> None:
        """Add a dispatcher, which may die, that has a message about a notification."""
        actor = Actor(name, lambda: None, may_crash=True)
        actor.run = lambda: self.world.dispatched(
            self.world.dispatch(lambda port: Stepping(port, lambda: actor)), NotificationRef(ACME, id)
        )
        self.actors.append(actor)

    def deliver(self) -> None:
        """Do what workers do with all that was published by now."""
        for publication in tuple(self.world.queues.published):
            for channel in publication.channels:
                self.world.deliver()(publication.ref, channel)

    def redeliver(self) -> None:
        """Hand the dispatchers' messages out again."""
        for id in (ID, OTHER):
            self.world.dispatched(self.world.dispatch(), NotificationRef(ACME, id))

    def statuses(self) -> list[tuple[DeliveryStatus, Reason | None]]:
        states = self.world.store.states.get_many(ACME, [ID, OTHER]).values()
        ends = ((state.deliveries[Channel.EMAIL].status, state.deliveries[Channel.EMAIL].reason) for state in states)
        return sorted(ends, key=str)


@pytest.mark.parametrize("second", [ID, OTHER])
def test_a_cap_of_one_lets_one_reach_the_vendor_whatever_dispatchers_die(second: NotificationId) -> None:
    def make() -> Scenario:
        office = Office()
        office.dispatcher("one", ID)
        office.dispatcher("two", second)

        def check() -> None:
            office.deliver()
            office.redeliver()
            office.deliver()
            assert len(office.world.vendor.calls) == 1
            assert office.statuses() == [
                (DeliveryStatus.SENT, None),
                (DeliveryStatus.SUPPRESSED, Reason.FREQUENCY_CAPPED),
            ]

        return Scenario(office.actors, check)

    assert explore(make, crashes=2) > 100
