"""Rehearsing: the very dispatcher, on ports without effect. What it would do to a request is what it did to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import cast

import msgspec

from chalicelib.domain.digest import DigestWindow
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.facts import Facts
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.allowances import Allowances
from chalicelib.services.digests import Digests
from chalicelib.services.dispatch import Dispatch
from chalicelib.services.gather_facts import GatherFacts
from chalicelib.services.ports import (
    CancelledGroups,
    DigestWindows,
    NotificationRef,
    Queues,
    Requests,
    Rotas,
    States,
    TenantLookup,
    Usages,
)
from chalicelib.services.rehearsal_ports import KeptRequests, KeptStates, KeptTimers, KeptUsages, KeptWindows
from chalicelib.services.relay import Relaying
from chalicelib.services.release import Release


class Rehearsal(msgspec.Struct, frozen=True):
    """What the dispatcher would do: decide `state` by `facts` at `starts_at`, and release what is due then.

    `asked` are the requests to people on duty, in order, as long as nobody acknowledges. `digest` is the window that
    digested channels would go into.
    """

    request: NotificationRequest
    starts_at: Millis
    facts: Facts
    state: NotificationState
    asked: tuple[NotificationRequest, ...] = ()
    digest: DigestWindow | None = None


@dataclass(frozen=True, slots=True)
class Rehearse:
    """The use case: have a request dispatched without effect. Budgets are spent at `gather.spendings`."""

    tenants: TenantLookup
    gather: GatherFacts
    usages: Usages
    groups: CancelledGroups
    windows: DigestWindows
    rotas: Rotas

    def __call__(self, request: NotificationRequest, now: Millis) -> Rehearsal:
        """Return what would come of a request whose message reached the dispatcher at `now`, and whenever it is woken.

        Raises
        ------
        NotFoundError
            There is no such tenant.
        """
        stage = _Stage(self, request)
        ref, starts_at = NotificationRef(request.tenant, request.id), now
        state = stage.dispatch(ref, now)
        if state is None:
            starts_at = stage.timers.times[0]
            state = stage.dispatch(ref, starts_at, woken=True)
        if state is None:
            raise RuntimeError("what has begun is decided")
        asked = stage.ask_everybody(state)
        return Rehearsal(
            request=request,
            starts_at=starts_at,
            facts=stage.watched.seen[-1],
            state=state,
            asked=asked,
            digest=stage.windows.last,
        )

    def starts_at(self, request: NotificationRequest, now: Millis) -> Millis | None:
        """Return when a request that is not decided begins, None when its time has come. Raises as a call does."""
        stage = _Stage(self, request)
        stage.dispatch(NotificationRef(request.tenant, request.id), now)
        return None if stage.states.state is not None else stage.timers.times[0]


@dataclass(frozen=True, slots=True)
class _Watched(GatherFacts):
    """Gathers facts, and remembers them."""

    seen: list[Facts] = field(default_factory=list)

    def __call__(
        self, request: NotificationRequest, tenant: Tenant, now: Millis, due: Sequence[Channel] | None = None
    ) -> Facts:
        facts = GatherFacts.__call__(self, request, tenant, now, due)
        self.seen.append(facts)
        return facts


class _Stage:
    """The dispatcher of one request, and the ports it plays on."""

    def __init__(self, use_case: Rehearse, request: NotificationRequest) -> None:
        self.requests, self.states, self.timers = KeptRequests(request), KeptStates(), KeptTimers()
        self.windows = KeptWindows(use_case.windows)
        self.watched = _Watched(**{port.name: getattr(use_case.gather, port.name) for port in fields(GatherFacts)})
        requests, states = cast("Requests", self.requests), cast("States", self.states)
        tenants = use_case.tenants
        self.relaying = Relaying(requests, states, use_case.rotas, tenants, _cancel_nothing)
        release = Release(
            requests=requests,
            states=states,
            tenants=tenants,
            gather=self.watched,
            allowances=Allowances(KeptUsages(use_case.usages), use_case.gather.spendings),
            relaying=self.relaying,
            digests=Digests(requests, states, tenants, use_case.groups, self.windows, self.timers, use_case.gather.say),
            cancel=_cancel_nothing,
            timers=self.timers,
        )
        # Nothing is published here: there is no queue to do it to.
        queues = cast("Queues", None)
        self.dispatch = Dispatch(requests, states, tenants, self.watched, release, self.timers, queues)

    def ask_everybody(self, state: NotificationState) -> tuple[NotificationRequest, ...]:
        """Go on asking people on duty, each when it is their turn, until nobody is left or it is over."""
        before: NotificationState | None = None
        while state != before and (times := [relay.not_before for relay in state.relays if not relay.ended]):
            before, state = state, self.relaying.advance(state, self.requests.request, min(times))
        return tuple(self.requests.put_since.values())


def _cancel_nothing(_ref: NotificationRef, _now: Millis) -> NotificationState:
    raise NotFoundError
