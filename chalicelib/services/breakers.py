"""The breakers of one worker: they let its calls through, count their answers, and tell the other workers.

Counting is local and costs nothing. What others are told is one row per provider, written when a breaker opens (also
again, after a call that tried it out) and when it closes, and read at most once per tenant in `fresh_for`. Breakers are
asked and answered from several threads at once; none of these waits for a write of another.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Lock
from types import TracebackType
from typing import Final, Self

import msgspec
from msgspec.structs import replace

from chalicelib.domain.breaker import (
    Breaker,
    Call,
    Circuit,
    Phase,
    Sign,
    at,
    begin,
    correction,
    end,
    sign_of,
    told,
    worth_saying,
)
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import ProviderResult
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Circuits, Clock

MOST: Final = 1_000
"""Breakers, and tenants, that a warm worker remembers."""
PATIENCE: Final = 1.0
"""Seconds of real time for which a call waits for another one's answer; then its message comes back later."""
BUSY: Final = 1_000
"""Milliseconds after which it does."""
PROBING: Final = 5_000
"""Milliseconds after which it is asked again whether a call went well that tries a provider out."""
KEPT_FOR: Final = 86_400
"""Seconds that a row stays."""
TRIES: Final = 3

Place = tuple[TenantId, ProviderId]


class Wait(msgspec.Struct, frozen=True):
    """Nobody may be called before `until`. `down_since` is from when on nobody could be; None where somebody is well
    and only has calls enough.
    """

    until: Millis
    down_since: Millis | None = None


@dataclass(slots=True)
class _Known:
    """What others said of a tenant's providers, and when that was read."""

    read_at: Millis
    circuits: dict[ProviderId, Circuit]


@dataclass(slots=True)
class Breakers:
    """The breakers of this process, by tenant and provider; each a moment's knowledge, so the oldest may be forgotten.

    `pause` and `fresh_for` are in milliseconds; `randomness` is below 1.
    """

    shared: Circuits
    clock: Clock
    randomness: Callable[[], float]
    pause: int
    fresh_for: int
    patience: float = PATIENCE
    most: int = MOST
    _kept: OrderedDict[Place, Breaker] = field(default_factory=OrderedDict)
    _known: OrderedDict[TenantId, _Known] = field(default_factory=OrderedDict)
    _unsaid: dict[Place, Circuit] = field(default_factory=dict)
    _changed: Condition = field(default_factory=Condition)
    _reading: Lock = field(default_factory=Lock)

    def admission(self, tenant: TenantId) -> "Admission":
        """Return what a delivery asks to be let through; to be left when it is done."""
        return Admission(self, tenant)

    def is_well(self, tenant: TenantId, provider: ProviderId) -> bool:
        """Tell whether there is nothing against a provider."""
        self._read(tenant)
        with self._changed:
            return self._breaker((tenant, provider)).is_well

    def takes_calls(self, tenant: TenantId, provider: ProviderId) -> bool:
        """Tell whether a call of a provider would be let through, and not to try it out."""
        with self._changed:
            breaker = self._breaker((tenant, provider))
            return breaker.phase is Phase.CLOSED and breaker.room > 0

    def failure_rate(self, tenant: TenantId, provider: ProviderId) -> float:
        """Return the share of this worker's last calls of a provider that failed."""
        with self._changed:
            return self._breaker((tenant, provider)).failure_rate

    def share(self, tenant: TenantId) -> None:
        """Tell the other workers of a tenant's transitions that they do not know of. Without any it does nothing."""
        with self._changed:
            unsaid = [self._unsaid.pop(place) for place in list(self._unsaid) if place[0] == tenant]
        for circuit in unsaid:
            self._say(tenant, circuit)

    def admit(self, tenant: TenantId, providers: Sequence[ProviderId]) -> "tuple[ProviderId, Call] | Wait":
        """Let a call of the first provider through that is not open, or say when to ask again. One that is closed and
        has calls enough is waited for a moment.
        """
        self._read(tenant)
        answer: tuple[ProviderId, Call] | Wait | None = None

        def decided() -> bool:
            nonlocal answer
            answer = self._try(tenant, providers)
            return answer is not None

        with self._changed:
            self._changed.wait_for(decided, self.patience)
            return Wait(self._later(BUSY, BUSY)) if answer is None else answer

    def _try(self, tenant: TenantId, providers: Sequence[ProviderId]) -> "tuple[ProviderId, Call] | Wait | None":
        waits: list[Millis] = []
        down: list[Millis | None] = []
        for provider in providers:
            breaker = self._breaker((tenant, provider))
            if breaker.room > 0:
                self._kept[tenant, provider], call = begin(breaker, self.clock())
                return provider, call
            match breaker.phase:
                case Phase.CLOSED:
                    return None
                case Phase.HALF_OPEN:
                    # It is being tried out, and may turn out to be well.
                    down.append(None)
                    waits.append(self._later(min(PROBING, self.pause), BUSY))
                case Phase.OPEN:
                    left = breaker.since + self.pause - self.clock()
                    down.append(breaker.down_since)
                    # Not all at once: half-open, it takes them one by one.
                    waits.append(self._later(left, self.pause // 2))
        since = [at for at in down if at is not None]
        return Wait(min(waits), max(since) if len(since) == len(down) else None)

    def settle(self, tenant: TenantId, provider: ProviderId, call: Call, sign: Sign) -> None:
        """Count the answer to a call that was let through."""
        place = (tenant, provider)
        with self._changed:
            before = self._kept.get(place)
            if before is not None:
                after = end(before, call, sign, self.clock())
                self._kept[place] = after
                if after.phase is not before.phase:
                    self._unsaid[place] = Circuit(
                        provider=provider, phase=after.phase, at=after.since, down_since=after.down_since
                    )
            self._changed.notify_all()

    def _breaker(self, place: Place) -> Breaker:
        """Return a breaker as it is by now; the lock is held."""
        tenant, provider = place
        now = self.clock()
        breaker = at(self._kept.get(place, Breaker()), now, self.pause)
        known = self._known.get(tenant)
        circuit = known.circuits.get(provider) if known else None
        if circuit is not None:
            breaker = told(breaker, circuit, now, self.pause)
            corrected = correction(breaker, circuit, self.pause)
            if corrected is not None:
                self._unsaid.setdefault(place, corrected)
        self._kept[place] = breaker
        self._kept.move_to_end(place)
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return breaker

    def _later(self, milliseconds: int, spread: int) -> Millis:
        return Millis(self.clock() + milliseconds + int(spread * self.randomness()))

    def _read(self, tenant: TenantId) -> None:
        """Read what others said, if that was long ago. One thread does, the others wait for it."""
        with self._reading:
            known, now = self._known.get(tenant), self.clock()
            if known is not None and now - known.read_at < self.fresh_for:
                return
            circuits = {circuit.provider: circuit for circuit in self.shared.list(tenant)}
            with self._changed:
                self._known[tenant] = _Known(now, circuits)
                self._known.move_to_end(tenant)
                while len(self._known) > self.most:
                    self._known.popitem(last=False)

    def _say(self, tenant: TenantId, circuit: Circuit) -> None:
        known = self._last_said(tenant, circuit.provider)
        for _ in range(TRIES):
            if not worth_saying(circuit, known, self.pause):
                return
            said = replace(circuit, version=known.version if known else 0)
            known = self.shared.put(tenant, said, self.clock() // 1_000 + KEPT_FOR)
            stands = replace(said, version=said.version + 1) if known is None else known
            with self._changed:
                if tenant in self._known:
                    self._known[tenant].circuits[circuit.provider] = stands
            if known is None:
                return

    def _last_said(self, tenant: TenantId, provider: ProviderId) -> Circuit | None:
        with self._changed:
            known = self._known.get(tenant)
            return known.circuits.get(provider) if known else None


@dataclass(slots=True)
class Admission:
    """What one delivery is let through to: one provider at a time. Left without an answer, its call says nothing."""

    breakers: Breakers
    tenant: TenantId
    provider: ProviderId | None = None
    _call: Call | None = None

    def ask(self, providers: Sequence[ProviderId]) -> Wait | None:
        """Ask for a call of the first of these `providers` that is not open, `provider` from then on; one that was let
        through to the first of them stays so. Returns when to ask again where there is none.
        """
        if self.provider == providers[0]:
            return None
        self.settle(Sign.NEITHER)
        answer = self.breakers.admit(self.tenant, providers)
        if not isinstance(answer, tuple):
            return answer
        self.provider, self._call = answer
        return None

    @property
    def is_trial(self) -> bool:
        """Whether the call tries out a provider that was ill."""
        return self._call is not None and self._call.trial

    def settle(self, sign: Sign) -> None:
        """Count the answer of the call, if one was let through."""
        if self.provider is not None and self._call is not None:
            self.breakers.settle(self.tenant, self.provider, self._call, sign)
        self.provider = self._call = None

    def answered(self, result: ProviderResult) -> None:
        """Count the result of the call."""
        self.settle(sign_of(result))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.settle(Sign.NEITHER)
