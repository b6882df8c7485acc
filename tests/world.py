"""A whole Herald in memory: the real use cases on the store's twin, with fakes beyond it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalicelib.channels.base import SmsMessage
from chalicelib.domain.ids import NotificationId, ProviderId
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.timer import DueKind
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.accept import Accept
from chalicelib.services.allowances import Allowances
from chalicelib.services.breakers import Breakers
from chalicelib.services.cancel import Cancel
from chalicelib.services.cancel_group import CancelGroups
from chalicelib.services.consult import Consult
from chalicelib.services.deliver import Deliver
from chalicelib.services.digests import Digests
from chalicelib.services.dispatch import Dispatch
from chalicelib.services.gather_facts import GatherFacts
from chalicelib.services.inbox import Inbox
from chalicelib.services.notification import Owner
from chalicelib.services.ports import NotificationRef, States
from chalicelib.services.relay import Relaying
from chalicelib.services.release import Release
from chalicelib.services.sweep import Sweep
from tests.build import ACME, ID, a_request, a_tenant
from tests.fakes import FakeQueues, FakeTimers, FakeVendor, ManualClock
from tests.saying import KeptTemplates, fill_from, say_from
from tests.store.stores import Store, on_twin
from tests.twin import Rows, TwinStates

LEASE = 3_000
GRACE = 60_000
PAUSE, FRESH_FOR = 60_000, 60_000
REF = NotificationRef(ACME, ID)
OWNER = Owner(ACME, a_request().recipient.user_type, a_request().recipient.user_id)

Wrap = Callable[[Any], Any]


@dataclass
class World:
    """The rows, the clock and the fakes that all actors share; use cases are made per actor.

    It lives in `rows`, unless another store is `kept`.
    """

    rows: Rows = field(default_factory=Rows)
    kept: Store | None = None
    clock: ManualClock = field(default_factory=ManualClock)
    queues: FakeQueues = field(default_factory=FakeQueues)
    timers: FakeTimers = field(default_factory=FakeTimers)
    vendor: FakeVendor = field(default_factory=FakeVendor)
    tenant: Tenant = field(default_factory=a_tenant)
    providers: tuple[str, ...] = ("first", "second")
    templates: KeptTemplates = field(default_factory=KeptTemplates)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.store = self.kept or on_twin(self.rows)
        self.store.tenants.create(self.tenant)
        for priority, name in enumerate(self.providers):
            for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH):
                id = ProviderId(name if channel is Channel.EMAIL else f"{channel}-{name}")
                config = ProviderConfig(id=id, channel=channel, vendor="fake", priority=priority)
                self.store.providers.create(self.tenant.id, config)

    @property
    def state(self) -> NotificationState:
        """The state of the one notification most scenarios are about."""
        state = self.store.states.get(self.tenant.id, ID)
        assert state is not None
        return state

    def accepted(self, **changes: Any) -> NotificationRequest:
        """Store a request as if it had been accepted."""
        request = a_request(**changes)
        self.store.requests.put(request, 0)
        return request

    def decided(self, **changes: Any) -> NotificationState:
        """Store a request and its decision."""
        request = self.accepted(**changes)
        state = self.dispatch()(NotificationRef(request.tenant, request.id), self.clock())
        assert state is not None, "its time is to come"
        return state

    def dispatched(self, dispatch: Dispatch, ref: NotificationRef = REF) -> NotificationState | None:
        """Do with a dispatcher what its worker does with a message: decide or release, and publish."""
        state = dispatch(ref, self.clock())
        if state is not None:
            dispatch.publish([state], self.clock())
        return state

    def wake(self) -> None:
        """Do what timers and the dispatcher do with all that has come due by now."""
        for due in self.timers.come_due(self.clock()):
            if due.kind is DueKind.DIGEST:
                self.digests().close(due.tenant, due.id, self.clock())
                continue
            dispatch = self.dispatch()
            state = dispatch(NotificationRef(due.tenant, NotificationId(due.id)), self.clock(), woken=True)
            if state is not None:
                dispatch.publish([state], self.clock())

    def prefer(self, preferences: Preferences) -> None:
        """Store what the recipient of most scenarios chose."""
        self.store.preferences.put(OWNER.tenant, OWNER.user_type, OWNER.user_id, preferences)

    def suppress(self, channel: Channel, address: str) -> None:
        """Put an address on the suppression list."""
        listed = Suppression(channel=channel, address=address, reason=SuppressionReason.MANUAL, created_at=self.clock())
        self.store.suppressions.put(self.tenant.id, listed)

    def accept(self, wrap: Wrap = lambda port: port) -> Accept:
        """Return the use case that accepts; `wrap` is put around each port that has effects."""
        return Accept(
            requests=wrap(self.store.requests),
            records=wrap(self.store.records),
            tenants=self.store.tenants,
            providers=self.store.providers,
            policies=self.store.policies,
            groups=wrap(self.store.groups),
            fill=fill_from(self.templates),
            randomness=lambda size: next(self.numbers).to_bytes(size, "big"),
            concurrency=1,
        )

    def gather(self, stage_vendors: dict[Channel, str] | None = None) -> GatherFacts:
        """Return what gathers the facts of decisions."""
        return GatherFacts(
            recipients=self.store.address_book,
            providers=self.store.providers,
            policies=self.store.policies,
            backgrounds=self.store.backgrounds,
            spendings=self.store.spendings,
            check_address=reachable,
            say=say_from(self.templates),
            stage_vendors=stage_vendors or {},
            circuits=self.store.circuits,
            pause=PAUSE,
        )

    def dispatch(self, wrap: Wrap = lambda port: port, stage_vendors: dict[Channel, str] | None = None) -> Dispatch:
        """Return the use case that dispatches."""
        gather = self.gather(stage_vendors)
        release = Release(
            requests=self.store.requests,
            states=wrap(self.store.states),
            tenants=self.store.tenants,
            gather=gather,
            allowances=Allowances(wrap(self.store.usages), wrap(self.store.spendings)),
            relaying=self.relaying(wrap),
            digests=self.digests(wrap),
            cancel=self.cancel(wrap),
            timers=wrap(self.timers),
        )
        return Dispatch(
            requests=self.store.requests,
            states=wrap(self.store.states),
            tenants=self.store.tenants,
            gather=gather,
            release=release,
            timers=wrap(self.timers),
            queues=wrap(self.queues),
        )

    def digests(self, wrap: Wrap = lambda port: port) -> Digests:
        """Return the use cases of digests."""
        return Digests(
            requests=wrap(self.store.requests),
            states=wrap(self.store.states),
            tenants=self.store.tenants,
            groups=self.store.groups,
            windows=wrap(self.store.digests),
            timers=wrap(self.timers),
            say=say_from(self.templates),
        )

    def relaying(self, wrap: Wrap = lambda port: port) -> Relaying:
        """Return the use case that asks those on duty."""
        return Relaying(
            requests=wrap(self.store.requests),
            states=wrap(self.store.states),
            rotas=self.store.rotas,
            tenants=self.store.tenants,
            cancel=self.cancel(wrap),
        )

    def deliver(
        self,
        wrap: Wrap = lambda port: port,
        between: Callable[[], None] = lambda: None,
        randomness: float = 0.5,
        breakers: Breakers | None = None,
    ) -> Deliver:
        """Return the use case that delivers; a process of its own unless it has the `breakers` of another."""
        return Deliver(
            requests=self.store.requests,
            states=wrap(self._states(between)),
            recipients=self.store.address_book,
            tenants=self.store.tenants,
            providers=self.store.providers,
            queues=wrap(self.queues),
            timers=wrap(self.timers),
            consult=Consult(self.store.backgrounds),
            caller=wrap(self.vendor),
            breakers=breakers or self.breakers(),
            check_address=reachable,
            say=say_from(self.templates),
            shape=as_text,
            stage_vendors={},
            clock=self.clock,
            randomness=lambda: randomness,
            lease=LEASE,
        )

    def breakers(self, wrap: Wrap = lambda port: port) -> Breakers:
        """Return the breakers of one process."""
        circuits = wrap(self.store.circuits)
        return Breakers(circuits, self.clock, lambda: 0.5, pause=PAUSE, fresh_for=FRESH_FOR, patience=0.05)

    def _states(self, between: Callable[[], None]) -> States:
        in_memory = isinstance(self.store.states, TwinStates)
        return TwinStates(self.rows, between) if in_memory else self.store.states

    def inbox(self, wrap: Wrap = lambda port: port) -> Inbox:
        """Return the use case of the inbox."""
        return Inbox(self.store.requests, wrap(self.store.states), self.store.tenants, say_from(self.templates))

    def cancel(self, wrap: Wrap = lambda port: port) -> Cancel:
        """Return the use case that cancels."""
        return Cancel(self.store.requests, wrap(self.store.states), self.store.tenants)

    def cancel_groups(self, wrap: Wrap = lambda port: port) -> CancelGroups:
        """Return the use case that cancels groups."""
        return CancelGroups(wrap(self.store.groups), self.cancel(wrap), self.clock, concurrency=1)

    def sweep(self) -> Sweep:
        """Return the use case that sweeps."""
        return Sweep(
            requests=self.store.requests,
            states=self.store.states,
            cursors=self.store.sweeps,
            tenants=self.store.tenants,
            providers=self.store.providers,
            circuits=self.store.circuits,
            queues=self.queues,
            grace=GRACE,
        )


def as_text(channel: Channel, request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> SmsMessage:
    """Put content into the shape of a text message, whatever the channel."""
    return SmsMessage(reference=request.id, to="+14155550100", text=request.content.body, segments=1)


def reachable(channel: Channel, recipient: Recipient) -> Reason | None:
    """Check addresses by their presence alone."""
    address = {
        Channel.EMAIL: recipient.email,
        Channel.SMS: recipient.phone,
        Channel.PUSH: recipient.device_tokens,
        Channel.IN_APP: recipient.user_id,
    }[channel]
    return None if address else Reason.MISSING_ADDRESS
