"""Simulating sends for services: the same body as a send's, and no effect."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.route import Routes
from chalicelib.api.send import ordered
from chalicelib.api.send_body import MAX_BODY, SendBody
from chalicelib.api.simulate_answers import SimulationAnswer
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import TemplateNotFoundError, TenantSuspendedError
from chalicelib.domain.rate_limit import Limit

routes = Routes(__name__, tag="Notifications")


@routes.add(
    "POST",
    "/api/v1/services/notifications/simulate",
    needs=Permission.SEND,
    summary="Say what a send would come to, without sending",
    body=SendBody,
    answer=SimulationAnswer,
    max_body=MAX_BODY,
    raises=(TemplateNotFoundError, TenantSuspendedError),
    limit=Limit.SIMULATE,
)
def simulate_notification(call: Call, body: SendBody) -> SimulationAnswer:
    """Answer, for each recipient and channel, what would be decided and why, when, by whom, what would be said and what
    it would cost. Nothing is stored and nobody is told; an `Idempotency-Key` is not looked at.
    """
    simulated = bootstrap.simulate()(ordered(call, body), sent_by=call.principal.name, now=call.now)
    return SimulationAnswer.of(simulated)
