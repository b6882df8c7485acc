"""A whole Herald under random events: sends, messages that come twice or whose worker dies, readers, opt-outs, time.

The model beside it knows what must never happen: `Ledger` is asked at every call of the vendor and at every change of
a state. At the end of each sequence nothing dies any more, and all that is due gets done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from chalicelib.domain.allowance import Budget, Period, Price, mark_of
from chalicelib.domain.delivery import OPEN, AttemptOutcome, DeliveryStatus, predecessors
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, derived_id
from chalicelib.domain.preferences import Cap, Preferences
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Strategy
from chalicelib.services.deliver import Verdict
from chalicelib.services.ports import NotificationRef, RefusedChangeError
from tests.build import ACME, a_request, a_tenant
from tests.fakes import LaneMessage
from tests.store.stores import Store
from tests.world import OWNER, World

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
CAP: Final = 4
PRICE: Final = 10
BUDGET: Final = Budget(period=Period.DAY, limit=5 * PRICE)
CHANNELS: Final = (Channel.IN_APP, Channel.EMAIL, Channel.SMS)
SETTINGS: Final = TenantSettings(
    preferences=Preferences(caps={Channel.EMAIL: Cap(hour=CAP), Channel.SMS: Cap(hour=CAP)}),
    prices=(Price(channel=Channel.SMS, amount=PRICE),),
    budgets=(BUDGET,),
)
ANSWERS: Final = (
    Accepted(vendor_id="v"),
    Refused(kind=AttemptOutcome.RETRIABLE, code="busy"),
    Refused(kind=AttemptOutcome.RETRIABLE, code="busy", retry_after=2_000),
    Refused(kind=AttemptOutcome.PERMANENT, code="no"),
    Unsure(code="timeout"),
)
LIVES: Final = st.one_of(st.none(), st.integers(0, 6))
"""After how many effects a worker dies; None: it lives."""


class Crash(BaseException):
    """Ends a worker as a killed process ends."""


@dataclass
class Mortal:
    """Wraps ports so that their caller dies before one of their effects."""

    effects: int | None

    def wrap(self, port: Any) -> Any:
        return _Mortal(port, self)

    def step(self) -> None:
        if self.effects == 0:
            raise Crash
        if self.effects is not None:
            self.effects -= 1


@dataclass(frozen=True)
class _Mortal:
    port: object
    life: Mortal

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self.life.step()
            return method(*arguments, **named)

        return call


@dataclass
class Ledger:
    """What happened, and whether it may have. `sent` says when each notification was accepted, `critical` are the marks
    of those that no cap counts.
    """

    world: World
    sent: dict[NotificationId, Millis] = field(default_factory=dict)
    critical: set[str] = field(default_factory=set)
    preferences: Preferences = field(default_factory=Preferences)
    last: dict[NotificationId, NotificationState] = field(default_factory=dict)
    called: dict[tuple[NotificationId, Channel], Millis] = field(default_factory=dict)
    unsure: set[tuple[NotificationId, Channel]] = field(default_factory=set)

    def call(self, provider: str, id: NotificationId) -> None:
        """A call of a vendor begins."""
        channel = Channel.SMS if provider.startswith("sms") else Channel.EMAIL
        state = self.world.store.states.get(ACME, id)
        assert state is not None
        assert state.cancelled_at is None, "called after it was cancelled"
        assert state.read_at is None or state.strategy is Strategy.BROADCAST, "called after it was read"
        assert state.expires_at is None or state.expires_at > self.world.clock(), "called after it had expired"
        assert self.preferences.channels.get(channel, True), "called after an opt-out was stored"
        assert (id, channel) not in self.unsure, "called again though the last call may have been taken"
        self.called.setdefault((id, channel), self.world.clock())

    def look(self) -> None:
        """Compare every state with what it was: no delivery may have moved back."""
        now = self.world.store.states.get_many(ACME, list(self.sent))
        for id, state in now.items():
            before = self.last.get(id)
            for channel, delivery in state.deliveries.items():
                was = before.deliveries.get(channel) if before else None
                if was is not None and was.status is not delivery.status:
                    assert was.status in predecessors(delivery.status), (channel, was.status, delivery.status)
                if delivery.status is DeliveryStatus.UNKNOWN:
                    self.unsure.add((id, channel))
        self.last = now

    def check_allowances(self) -> None:
        """No more was released on a channel within an hour than its cap lets through, and what was called had been
        released; the budget holds.
        """
        usage, half_an_hour_ago = self.world.store.usages.get(*_OWNER), self.world.clock() - HOUR // 2
        for channel, takings in usage.taken.items():
            capped = [taking.at for taking in takings if taking.mark not in self.critical]
            assert all(sum(at <= other < at + HOUR for other in capped) <= CAP for at in capped), channel
        for (id, channel), at in self.called.items():
            if min(at, self.sent[id]) > half_an_hour_ago and mark_of(id) not in self.critical:
                assert usage.holds(channel, id), "called without an allowance"
        (spent,) = self.world.store.spendings.spent(ACME, (BUDGET,), self.world.clock())
        assert spent <= BUDGET.limit


_OWNER: Final = (OWNER.tenant, OWNER.user_type, OWNER.user_id)


class Lifecycle(RuleBasedStateMachine):
    """The machine. `new_store` makes an empty store; subclasses say which."""

    @staticmethod
    def new_store() -> Store | None:
        """Return an empty store, None for the one in memory."""
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.world = World(tenant=a_tenant(settings=SETTINGS), kept=self.new_store())
        self.ledger = Ledger(self.world)
        self.inbound: list[tuple[NotificationRef, bool]] = []
        self.forgotten = False
        self.world.vendor.before = self.ledger.call

    @rule(
        channels=st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True),
        priority=st.sampled_from(Priority),
        strategy=st.sampled_from([None, *Strategy]),
        delay=st.sampled_from([None, 5, 90]),
        life=st.sampled_from([None, None, 10]),
        forgotten=st.booleans(),
    )
    def send(
        self,
        channels: list[Channel],
        priority: Priority,
        strategy: Strategy | None,
        delay: int | None,
        life: int | None,
        forgotten: bool,
    ) -> None:
        """Accept a send, perhaps for later, perhaps with an end; the stream may forget to tell of it."""
        now = self.world.clock()
        id = NotificationId(derived_id(str(len(self.ledger.sent))))
        request = a_request(
            id=id,
            channels=tuple(channels),
            priority=priority,
            strategy=strategy,
            accepted_at=now,
            send_at=None if delay is None else Millis(now + delay * MINUTE),
            expires_at=None if life is None else Millis(now + (life + (delay or 0)) * MINUTE),
        )
        self.world.store.requests.put(request, ttl=now // 1_000 + 1_000_000)
        self.ledger.sent[id] = now
        if priority is Priority.CRITICAL:
            self.ledger.critical.add(mark_of(id))
        if forgotten:
            self.forgotten = True
        else:
            self.inbound.append((NotificationRef(ACME, id), False))

    @precondition(lambda self: self.inbound)
    @rule(pick=st.integers(0, 50), life=LIVES, again=st.booleans())
    def dispatch(self, pick: int, life: int | None, again: bool) -> None:
        """A dispatcher handles a message, which stays in the queue when it dies, and sometimes comes twice."""
        message = self.inbound[pick % len(self.inbound)]
        done = self._dispatched(message, Mortal(life))
        if done and not again:
            self.inbound.remove(message)

    @precondition(lambda self: self._lanes())
    @rule(pick=st.integers(0, 50), life=LIVES, again=st.booleans(), answer=st.sampled_from(ANSWERS))
    def deliver(self, pick: int, life: int | None, again: bool, answer: ProviderResult) -> None:
        """A worker handles a message of its lane; the vendor answers this or that, or is not heard."""
        lanes = self._lanes()
        channel, message = lanes[pick % len(lanes)]
        self.world.vendor.answers = [answer]
        done = self._delivered(channel, message, Mortal(life))
        if done and not again:
            self.world.queues.lanes[channel].remove(message)

    @rule(minutes=st.sampled_from([0.02, 1, 11, 45, 70]))
    def wait(self, minutes: float) -> None:
        """Time passes; what has come due is woken, and the sweeper, which is never far, comes by."""
        self.world.clock.advance(int(minutes * MINUTE))
        self._wake()
        self._sweep()

    @precondition(lambda self: self.ledger.sent)
    @rule(pick=st.integers(0, 50), act=st.sampled_from(["read", "unread", "acknowledge", "cancel"]), life=LIVES)
    def act(self, pick: int, act: str, life: int | None) -> None:
        """The recipient reads or acknowledges, or the sender cancels; the call may die half-way."""
        id = list(self.ledger.sent)[pick % len(self.ledger.sent)]
        mortal, now = Mortal(life), self.world.clock()
        inbox = self.world.inbox(mortal.wrap)
        try:
            match act:
                case "read":
                    inbox.read(OWNER, id, now)
                case "unread":
                    inbox.unread(OWNER, id)
                case "acknowledge":
                    self.world.store.states.acknowledge(NotificationRef(ACME, id), OWNER.as_recipient(), now)
                case "cancel":
                    self.world.cancel(mortal.wrap)(NotificationRef(ACME, id), now)
        except (NotFoundError, RefusedChangeError, Crash):
            return

    @rule(channel=st.sampled_from([Channel.EMAIL, Channel.SMS]), wanted=st.booleans())
    def choose(self, channel: Channel, wanted: bool) -> None:
        """The recipient turns a channel off or on."""
        chosen = self.ledger.preferences
        chosen = replace(chosen, channels=chosen.channels | {channel: wanted})
        self.ledger.preferences = self.world.store.preferences.put(*_OWNER, chosen)

    def _sweep(self) -> None:
        """Let the sweeper come by, if there is something for it."""
        if self.forgotten:
            self.world.sweep()(ACME, self.world.clock())
            self._take_woken()

    @invariant()
    def nothing_forbidden_happened(self) -> None:
        """Statuses went on, never back; caps and budgets hold."""
        if hasattr(self, "ledger"):
            self.ledger.look()
            self.ledger.check_allowances()

    def teardown(self) -> None:
        """When nobody dies any more and vendors answer, everything that is due gets done."""
        if not hasattr(self, "ledger"):
            return
        for _ in range(20):
            self.world.clock.advance(HOUR // 2)
            self._wake()
            self._sweep()
            while self.inbound:
                self._dispatched(self.inbound.pop(), Mortal(None))
            for channel, message in self._lanes():
                self.world.queues.lanes[channel].remove(message)
                if not self._delivered(channel, message, Mortal(None)):
                    self.world.queues.lanes[channel].append(message)
            self.nothing_forbidden_happened()
            if self._all_is_done():
                return
        raise AssertionError("something due is lost")

    def _all_is_done(self) -> bool:
        states = self.world.store.states.get_many(ACME, list(self.ledger.sent))
        settled = all(d.status not in OPEN for state in states.values() for d in state.deliveries.values())
        return settled and states.keys() == self.ledger.sent.keys()

    def _dispatched(self, message: tuple[NotificationRef, bool], mortal: Mortal) -> bool:
        ref, woken = message
        dispatch, now = self.world.dispatch(mortal.wrap), self.world.clock()
        try:
            state = dispatch(ref, now, woken=woken)
            if state is not None:
                dispatch.publish([state], now)
        except Crash:
            return False
        return True

    def _delivered(self, channel: Channel, message: LaneMessage, mortal: Mortal) -> bool:
        try:
            return self.world.deliver(mortal.wrap)(message.ref, channel, message.epoch) is Verdict.DONE
        except Crash:
            return False

    def _lanes(self) -> list[tuple[Channel, LaneMessage]]:
        return [(channel, message) for channel in CHANNELS for message in self.world.queues.lanes[channel]]

    def _wake(self) -> None:
        self.world.queues.wake(self.world.timers.come_due(self.world.clock()))
        self._take_woken()

    def _take_woken(self) -> None:
        woken, self.world.queues.woken = self.world.queues.woken, []
        self.inbound += [(NotificationRef(due.tenant, NotificationId(due.id)), True) for due in woken]
