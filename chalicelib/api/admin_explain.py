"""Explaining notifications to support and administrators."""

from chalicelib.api.call import Call
from chalicelib.api.explain_answers import ExplanationAnswer
from chalicelib.api.route import Routes
from chalicelib.api.services_explain import SUMMARY, explanation
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError

routes = Routes(__name__, tag="Administration: notifications")


@routes.add(
    "GET",
    "/api/v1/admin/notifications/{id}/explain",
    needs=Permission.VIEW,
    summary=SUMMARY,
    answer=ExplanationAnswer,
    raises=(NotFoundError,),
)
def explain_to_support(call: Call, id: str) -> ExplanationAnswer:
    """Answer the decision record in words, with every channel and the course of events."""
    return explanation(call, id)
