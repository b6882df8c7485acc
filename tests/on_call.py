"""People on duty and a notification that escalates to them: for tests of relays and acknowledgements."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.ids import NotificationId, RotaId, UserId, UserType
from chalicelib.domain.relays import child_id
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.state import NotificationState, Relay
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn, Strategy
from chalicelib.services.acknowledge import Acknowledge
from chalicelib.services.cancel import Cancel
from chalicelib.services.notification import Owner
from chalicelib.services.ports import NotificationRef
from chalicelib.services.relay import Relaying
from tests.build import ACME, ID, NOW, a_delivery, a_request, a_state, a_tenant
from tests.store.stores import Store, on_twin

SUPPORT = UserType("support")
EVERY = 300_000
OPS = RotaId("ops")
REF = NotificationRef(ACME, ID)
CUSTOMER = Owner(ACME, a_request().recipient.user_type, a_request().recipient.user_id)

Wrap = Callable[[Any], Any]


def person(name: str) -> Person:
    """Return somebody of support."""
    return Person(user_type=SUPPORT, user_id=UserId(name))


def owner(name: str) -> Owner:
    """Return somebody of support who looks at their inbox."""
    return Owner(ACME, SUPPORT, UserId(name))


def a_rota(people: str, **fields: Any) -> Rota:
    """Return a rota by which people with names of one letter are always on duty."""
    shifts = (Shift(people=tuple(map(person, people))),) if people else ()
    return Rota(**({"id": OPS, "time_zone": "UTC", "shifts": shifts} | fields))


def a_relay(**fields: Any) -> Relay:
    """Return a relay whose first person is to be asked now."""
    first: dict[str, Any] = {"rota": OPS, "channels": (Channel.SMS,), "not_before": NOW, "every": EVERY}
    return Relay(**(first | fields))


def escalating() -> dict[Channel, Delivery]:
    """Return deliveries of which one went out and another waits for its step."""
    later = Millis(NOW + 10 * EVERY)
    return {
        Channel.EMAIL: a_delivery(DeliveryStatus.SENT),
        Channel.PUSH: a_delivery(DeliveryStatus.SCHEDULED, not_before=later),
    }


@dataclass
class Duty:
    """A tenant with people on duty, and a notification whose relay is due."""

    people: str = "abc"
    relays: tuple[Relay, ...] = (a_relay(),)
    stop_on: StopOn = StopOn.ACKNOWLEDGED
    deliveries: dict[Channel, Delivery] = field(default_factory=escalating)
    store: Store = field(default_factory=on_twin)
    request: NotificationRequest = field(default_factory=lambda: a_request(metadata={"host": "db-1"}))

    def __post_init__(self) -> None:
        self.store.tenants.create(a_tenant())
        self.store.rotas.create(ACME, a_rota(self.people))
        self.store.requests.put(self.request, 0)
        state = a_state(self.deliveries, strategy=Strategy.ESCALATION, stop_on=self.stop_on, relays=self.relays)
        self.store.states.put(state, 0)

    @property
    def state(self) -> NotificationState:
        """The state of the notification."""
        return self.outcome(ID)

    def asked(self, index: int = 0) -> str:
        """Return whom a relay has asked, in order."""
        ids = [child_id(ACME, ID, index, position) for position in range(20)]
        found = self.store.requests.get_many(ACME, ids)
        return "".join(found[id].recipient.user_id for id in ids if id in found)

    def child(self, position: int, index: int = 0) -> NotificationRequest:
        """Return the request to the person at a position."""
        child = self.store.requests.get(ACME, child_id(ACME, ID, index, position))
        assert child is not None
        return child

    def outcome(self, id: NotificationId) -> NotificationState:
        """Return the state of a notification."""
        state = self.store.states.get(ACME, id)
        assert state is not None
        return state

    def told(self, position: int, *statuses: DeliveryStatus) -> NotificationId:
        """Decide what the person at a position was asked by, with deliveries on SMS and e-mail; return its id."""
        child = self.child(position)
        deliveries = dict(zip((Channel.SMS, Channel.EMAIL), map(a_delivery, statuses), strict=False))
        who = child.recipient
        self.store.states.put(a_state(deliveries, id=child.id, user_type=who.user_type, user_id=who.user_id), 0)
        return child.id

    def advance(self, now: int = NOW, wrap: Wrap = lambda port: port) -> NotificationState:
        """Do what the dispatcher does when the relays come due."""
        return self.relaying(wrap).advance(self.state, self.request, Millis(now))

    def cancel(self, wrap: Wrap = lambda port: port) -> Cancel:
        """Return the use case that cancels."""
        return Cancel(wrap(self.store.requests), wrap(self.store.states), self.store.tenants)

    def relaying(self, wrap: Wrap = lambda port: port) -> Relaying:
        """Return the use case that asks people on duty."""
        return Relaying(
            requests=wrap(self.store.requests),
            states=wrap(self.store.states),
            rotas=self.store.rotas,
            tenants=self.store.tenants,
            cancel=self.cancel(wrap),
        )

    def acknowledge(self, wrap: Wrap = lambda port: port) -> Acknowledge:
        """Return the use case of somebody who takes care of it."""
        return Acknowledge(wrap(self.store.requests), wrap(self.store.states), self.cancel(wrap))
