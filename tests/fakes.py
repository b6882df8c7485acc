"""Fakes of what lies beyond the store: queues that keep their messages, a vendor that says what it is told to."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.channels.base import Message
from chalicelib.domain.events import BusEvent
from chalicelib.domain.ids import NotificationId, ProviderId, TenantId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.timer import Due
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import InvitedElsewhereError, NotificationRef, Publication, UninvitableError
from tests.build import NOW


@dataclass
class ManualClock:
    """`ports.Clock` that moves when it is told to."""

    now: Millis = NOW

    def __call__(self) -> Millis:
        return self.now

    def advance(self, milliseconds: int) -> None:
        self.now = Millis(self.now + milliseconds)


@dataclass(frozen=True)
class LaneMessage:
    """A message in a lane: what it names, and the delay it was sent with."""

    ref: NotificationRef
    delay: int = 0
    epoch: int = 0


@dataclass
class FakeQueues:
    """`ports.Queues` in memory. `refuses` are notifications that no queue takes."""

    dispatched: list[NotificationRef] = field(default_factory=list)
    woken: list[Due] = field(default_factory=list)
    published: list[Publication] = field(default_factory=list)
    lanes: dict[Channel, list[LaneMessage]] = field(default_factory=lambda: defaultdict(list))
    dead: dict[Channel, list[LaneMessage]] = field(default_factory=lambda: defaultdict(list))
    set_aside: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    refuses: frozenset[NotificationRef] = frozenset()

    def dispatch(self, refs: Sequence[NotificationRef]) -> list[NotificationRef]:
        self.dispatched += [ref for ref in refs if ref not in self.refuses]
        return [ref for ref in refs if ref in self.refuses]

    def wake(self, dues: Sequence[Due]) -> list[Due]:
        refused = [due for due in dues if NotificationRef(due.tenant, NotificationId(due.id)) in self.refuses]
        self.woken += [due for due in dues if due not in refused]
        return refused

    def publish(self, publications: Sequence[Publication]) -> list[NotificationRef]:
        for publication in publications:
            if publication.ref not in self.refuses:
                self.published.append(publication)
                for channel in publication.channels:
                    self.lanes[channel].append(LaneMessage(publication.ref))
        return [publication.ref for publication in publications if publication.ref in self.refuses]

    def deliver_later(self, ref: NotificationRef, channel: Channel, delay: int, epoch: int = 0) -> None:
        self.lanes[channel].append(LaneMessage(ref, delay=delay, epoch=epoch))

    def dead_letter(self, ref: NotificationRef, channel: Channel, epoch: int) -> None:
        self.dead[channel].append(LaneMessage(ref, epoch=epoch))

    def redrive(self, reader: str, records: Sequence[Mapping[str, Any]]) -> None:
        self.set_aside += [(reader, record) for record in records]


@dataclass
class FakeTimers:
    """`ports.Timers` that keep what was scheduled, until the test says that it is time."""

    scheduled: list[tuple[Due, Millis]] = field(default_factory=list)

    def schedule(self, due: Due, at: Millis) -> None:
        if (due, at) not in self.scheduled:
            self.scheduled.append((due, at))

    def come_due(self, now: Millis) -> list[Due]:
        """Hand out what has come due by now."""
        due = [each for each, at in self.scheduled if at <= now]
        self.scheduled = [(each, at) for each, at in self.scheduled if at > now]
        return due


@dataclass
class FakeBus:
    """`ports.Bus` that keeps what it was given. `broken`: it takes nothing."""

    events: list[BusEvent] = field(default_factory=list)
    broken: bool = False

    def put(self, events: Sequence[BusEvent]) -> list[BusEvent]:
        if self.broken:
            return list(events)
        self.events += events
        return []


@dataclass
class FakeVendor:
    """`ports.ProviderCaller` that answers in turn what it was told to, then that it accepted.

    `before` is told the provider and the notification of a call that begins, `during` is called while it is in flight.
    """

    answers: list[ProviderResult] = field(default_factory=list)
    calls: list[tuple[ProviderId, Message]] = field(default_factory=list)
    prepared: list[ProviderId] = field(default_factory=list)
    before: Callable[[ProviderId, NotificationId], None] = lambda provider, id: None
    during: Callable[[], None] = lambda: None

    def prepare(self, tenant: Tenant, provider: ProviderConfig) -> None:
        self.prepared.append(provider.id)

    def call(self, tenant: Tenant, provider: ProviderConfig, message: Message) -> ProviderResult:
        self.before(provider.id, NotificationId(message.reference))
        self.calls.append((provider.id, message))
        self.during()
        if self.answers:
            return self.answers.pop(0)
        return Accepted(vendor_id=f"vendor-{len(self.calls)}")


@dataclass
class FakeInvitations:
    """`ports.Invitations` that remembers whom it invited; who was invited to one tenant is of that one. Addresses that
    are `refused` it does not take.
    """

    invited: dict[str, TenantId] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def check(self, tenant: TenantId, email: str) -> None:
        if email.lower() in self.refused:
            raise UninvitableError("It is odd")
        if self.invited.get(email.lower(), tenant) != tenant:
            raise InvitedElsewhereError

    def invite(self, tenant: TenantId, email: str) -> None:
        self.check(tenant, email)
        self.invited[email.lower()] = tenant


@dataclass
class FakeTrier:
    """`services.try_provider.ProviderTrier`: `probes` is what asking costs nothing gives, `results` what messages do,
    in order; then all are accepted.
    """

    probes: ProviderResult | None = None
    results: list[ProviderResult] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def probe(self, tenant: Tenant, provider: ProviderConfig) -> ProviderResult | None:
        return self.probes

    def call(self, tenant: Tenant, provider: ProviderConfig, message: object) -> ProviderResult:
        assert isinstance(message, Message)
        self.sent.append(message)
        return self.results.pop(0) if self.results else Accepted(vendor_id="v1")
