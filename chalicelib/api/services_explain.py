"""Explaining notifications to the services that sent them."""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.explain_answers import ExplanationAnswer
from chalicelib.api.path import notification_id
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError

routes = Routes(__name__, tag="Notifications")
SUMMARY: Final = "Say in words why a notification was, or was not, received"


@routes.add(
    "GET",
    "/api/v1/services/notifications/{id}/explain",
    needs=Permission.READ,
    summary=SUMMARY,
    answer=ExplanationAnswer,
    raises=(NotFoundError,),
)
def explain_notification(call: Call, id: str) -> ExplanationAnswer:
    """Answer the decision record in words, with every channel and the course of events."""
    return explanation(call, id)


def explanation(call: Call, id: str) -> ExplanationAnswer:
    """Return the explanation of a notification of the call's tenant."""
    told = bootstrap.explain()(call.tenant, notification_id(id), call.now)
    return ExplanationAnswer.model_validate(told)
