"""An outage in virtual time: workers that take batches from a lane, a vendor that is down for a while.

A worker's calls overlap as in its threads: while one is in flight the worker goes on with other messages of its batch,
as many at a time as its bulkhead allows. Which, and for how long, a seed decides.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import NotificationId, ProviderId, TenantId, derived_id
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.breakers import Breakers
from chalicelib.services.deliver import Deliver, Verdict
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, NOW, a_request, a_state
from tests.fakes import LaneMessage
from tests.world import FRESH_FOR, PAUSE, World

WORKERS, BATCH, BULKHEAD = 4, 10, 5
ROUND = 150
"""Milliseconds of virtual time that a batch takes."""
DOWN = Refused(kind=AttemptOutcome.RETRIABLE, code="http_500")


@dataclass
class CountedCircuits:
    """`ports.Circuits` that note what is written and count what is read."""

    circuits: Any
    written: list[Circuit] = field(default_factory=list)
    reads: int = 0

    def list(self, tenant: TenantId) -> tuple[Circuit, ...]:
        self.reads += 1
        found: tuple[Circuit, ...] = self.circuits.list(tenant)
        return found

    def put(self, tenant: TenantId, circuit: Circuit, ttl: int) -> Circuit | None:
        other: Circuit | None = self.circuits.put(tenant, circuit, ttl)
        if other is None:
            self.written.append(circuit)
        return other


@dataclass(frozen=True)
class VendorCall:
    """A call that a vendor got."""

    at: Millis
    provider: ProviderId
    id: NotificationId
    taken: bool


@dataclass
class Outage:
    """`number` deliveries, and the time (from NOW, in milliseconds) in which each provider is down."""

    number: int
    down: dict[str, tuple[int, int]]
    providers: Sequence[str] = ("first",)
    seed: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.world = World(providers=tuple(self.providers))
        self.circuits = CountedCircuits(self.world.store.circuits)
        self.calls: list[VendorCall] = []
        self.waiting: list[tuple[Millis, int, LaneMessage]] = []
        self.handled = 0
        self.sequence = iter(range(10**9))
        self.batch: list[tuple[Deliver, LaneMessage]] = []
        self.depth = 0
        plan = tuple(map(ProviderId, self.providers))
        for number in range(self.number):
            id = NotificationId(derived_id(str(number)))
            self.world.store.requests.put(a_request(id=id), 0)
            state = a_state(id=id)
            email = replace(state.deliveries[Channel.EMAIL], providers=plan)
            self.world.store.states.put(replace(state, deliveries={Channel.EMAIL: email}), 0)
            self._enqueue(LaneMessage(NotificationRef(ACME, id)))
        self.workers = [self._worker() for _ in range(WORKERS)]

    def run(self, until: int) -> None:
        """Let the workers work until so many milliseconds from NOW, or until there is nothing left."""
        turn = 0
        while self.waiting and self.waiting[0][0] < NOW + until:
            clock = self.world.clock
            clock.now = max(clock.now, self.waiting[0][0])
            worker = self.workers[turn % WORKERS]
            self.batch = [(worker, message) for message in self._take()]
            while self.batch:
                self._next()
            turn += 1
            if turn % WORKERS == 0:
                clock.advance(ROUND)

    # What follows is `ports.ProviderCaller`.

    def prepare(self, tenant: Tenant, provider: ProviderConfig) -> None:
        pass

    def call(self, tenant: Tenant, provider: ProviderConfig, message: Any) -> ProviderResult:
        at, taken = self.world.clock(), not self._is_down(provider.id)
        self.calls.append(VendorCall(at, provider.id, NotificationId(message.reference), taken))
        while self.batch and self.depth < BULKHEAD and self.random.random() < 0.8:
            self._next()
        return Accepted(vendor_id=f"v{len(self.calls)}") if taken else DOWN

    def _is_down(self, provider: ProviderId) -> bool:
        start, end = self.down.get(provider, (0, 0))
        return NOW + start <= self.world.clock() < NOW + end

    def _next(self) -> None:
        deliver, message = self.batch.pop(0)
        self.depth += 1
        verdict = deliver(message.ref, Channel.EMAIL, message.epoch)
        self.depth -= 1
        self.handled += 1
        assert verdict is Verdict.DONE
        lane = self.world.queues.lanes[Channel.EMAIL]
        while lane:
            self._enqueue(lane.pop())

    def _take(self) -> Iterator[LaneMessage]:
        for _ in range(BATCH):
            if not self.waiting or self.waiting[0][0] > self.world.clock():
                return
            yield heappop(self.waiting)[2]

    def _enqueue(self, message: LaneMessage) -> None:
        visible = Millis(self.world.clock() + message.delay * 1_000)
        heappush(self.waiting, (visible, next(self.sequence), message))

    def _worker(self) -> Deliver:
        clock, random = self.world.clock, self.random.random
        breakers = Breakers(self.circuits, clock, random, pause=PAUSE, fresh_for=FRESH_FOR, patience=0)
        return dataclasses.replace(self.world.deliver(breakers=breakers), caller=self, randomness=random)
