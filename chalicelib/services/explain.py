"""Explaining: the decision record of a notification and its story, in words."""

from dataclasses import dataclass

from chalicelib.domain.delivery import OPEN
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.explained_relays import Child
from chalicelib.domain.explanation import Explanation, explain
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.relays import children
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Requests, States
from chalicelib.services.rehearse import Rehearse


@dataclass(frozen=True, slots=True)
class Explain:
    """The use case: say why somebody did, or did not, get a notification."""

    requests: Requests
    states: States
    rehearse: Rehearse

    def __call__(self, tenant: TenantId, id: NotificationId, now: Millis) -> Explanation:
        """Return the explanation of a notification.

        Raises
        ------
        NotFoundError
            The tenant has no such notification.
        """
        request = self.requests.get(tenant, id)
        if request is None:
            raise NotFoundError
        state = self.states.get(tenant, id)
        if state is None:
            return explain(request, None, now, starts_at=self.rehearse.starts_at(request, now))
        circuits = self.rehearse.gather.circuits.list(tenant) if _is_open(state) else ()
        return explain(request, state, now, children=self._children(state), circuits=circuits)

    def _children(self, state: NotificationState) -> list[Child]:
        ids = list(children(state))
        if not ids:
            return []
        requests, states = self.requests.get_many(state.tenant, ids), self.states.get_many(state.tenant, ids)
        return [(request, states.get(id)) for id, request in requests.items()]


def _is_open(state: NotificationState) -> bool:
    return any(delivery.status in OPEN for delivery in state.deliveries.values())
