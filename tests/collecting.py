"""Digests in memory: what was accepted and decided to be told later, the real use cases, and time that tests move."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.digest import DigestKey, DigestRule, DigestWindow
from chalicelib.domain.ids import NotificationId, derived_id
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.digests import Digests
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, NOW, a_recipient, a_request, a_state, a_tenant
from tests.fakes import FakeTimers, ManualClock
from tests.saying import KeptTemplates, say_from
from tests.twin import Rows, TwinCancelledGroups, TwinDigestWindows, TwinRequests, TwinStates, TwinTenants

Wrap = Callable[[Any], Any]
CATEGORY = "marketing"
ANN = a_recipient()
KEY = DigestKey(user_type=ANN.user_type, user_id=ANN.user_id, category=CATEGORY)
LENGTH = 60_000
RULE = DigestRule(window=LENGTH // 1_000, channels=(Channel.EMAIL,))


def id_of(name: str) -> NotificationId:
    """Return the id of the notification that a test calls `name`."""
    return NotificationId(derived_id("test", name))


@dataclass
class Collecting:
    """The rows, the timers and the clock; use cases are made per actor."""

    rule: DigestRule | None = RULE
    tenant: Tenant = field(default_factory=a_tenant)
    rows: Rows = field(default_factory=Rows)
    timers: FakeTimers = field(default_factory=FakeTimers)
    clock: ManualClock = field(default_factory=ManualClock)
    templates: KeptTemplates = field(default_factory=KeptTemplates)

    def __post_init__(self) -> None:
        self.rows.tenants[self.tenant.id] = self.tenant

    def digests(self, wrap: Wrap = lambda port: port) -> Digests:
        """Return the use cases; `wrap` is put around what others can come between: no read of what never changes."""
        requests = TwinRequests(self.rows)
        return Digests(
            requests=SimpleNamespace(get_many=requests.get_many, put=wrap(requests).put),
            states=wrap(TwinStates(self.rows)),
            tenants=TwinTenants(self.rows),
            groups=TwinCancelledGroups(self.rows),
            windows=wrap(TwinDigestWindows(self.rows)),
            timers=wrap(self.timers),
            say=say_from(self.templates),
        )

    def decided(self, name: str, *channels: Channel, **changes: Any) -> NotificationId:
        """Store a notification whose deliveries (by e-mail, unless said otherwise) are to be told in a digest."""
        id, told_on = id_of(name), channels or (Channel.EMAIL,)
        fields: dict[str, Any] = {"id": id, "category": CATEGORY, "channels": told_on}
        request = a_request(**(fields | changes))
        digested = Delivery(status=DeliveryStatus.SUPPRESSED, reason=Reason.DIGESTED)
        state = a_state(
            dict.fromkeys(told_on, digested),
            id=id,
            category=CATEGORY,
            accepted_at=request.accepted_at,
            expires_at=request.expires_at,
        )
        TwinRequests(self.rows).put(request, 0)
        TwinStates(self.rows).put(state, 0)
        return id

    def join(self, id: NotificationId, wrap: Wrap = lambda port: port) -> NotificationState:
        """Do what the dispatcher does with one that was decided: it has read its state before."""
        request, state = self.rows.requests[ACME, id], self.rows.states[ACME, id]
        return self.digests(wrap).join(request, state, self.rule, self.clock())

    def joined(self, name: str, *channels: Channel, **changes: Any) -> NotificationState:
        """Store a notification and put it into its digest."""
        return self.join(self.decided(name, *channels, **changes))

    def close(self, wrap: Wrap = lambda port: port) -> None:
        """Do what the dispatcher does when the digest's timer fires."""
        self.digests(wrap).close(ACME, KEY.id, self.clock())

    def wait(self) -> None:
        """Let time pass until no timer is left."""
        while self.timers.scheduled:
            self.clock.now = max(self.clock.now, min(at for _, at in self.timers.scheduled))
            for due in self.timers.come_due(self.clock()):
                self.digests().close(due.tenant, due.id, self.clock())

    @property
    def window(self) -> DigestWindow:
        """What is collected."""
        return TwinDigestWindows(self.rows).get(ACME, KEY)

    @property
    def told(self) -> list[NotificationRequest]:
        """The digests that were put, in their order."""
        return [request for request in self.rows.requests.values() if request.digest_of]

    @property
    def news(self) -> list[tuple[NotificationId, ...]]:
        """What each digest tells of."""
        return [request.digest_of for request in self.told]

    def ref(self, id: NotificationId) -> NotificationRef:
        return NotificationRef(ACME, id)


def later(milliseconds: int) -> Millis:
    """Return a time after NOW."""
    return Millis(NOW + milliseconds)
