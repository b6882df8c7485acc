"""Administering escalation policies."""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.path import policy_id
from chalicelib.api.policy_models import ChangePolicy, CreatePolicy, PolicyAnswer, PolicyList, StepBody
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: escalation policies")
POLICIES = "/api/v1/admin/escalation-policies"
ONE = POLICIES + "/{id}"


@routes.add(
    "POST",
    POLICIES,
    needs=Permission.ADMINISTER,
    summary="Create an escalation policy",
    body=CreatePolicy,
    answer=PolicyAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
)
def create_policy(call: Call, body: CreatePolicy) -> Reply:
    """Store a new policy."""
    by = Actor(call.principal, call.now)
    with _placed(body.steps):
        policy = bootstrap.manage_policies().create(call.tenant, body.policy(), by)
    return Reply(PolicyAnswer.of(policy), headers={"Location": f"{POLICIES}/{policy.id}"})


@routes.add("GET", POLICIES, needs=Permission.VIEW, summary="List the escalation policies", answer=PolicyList)
def list_policies(call: Call) -> PolicyList:
    """Answer all policies of the tenant, the built-in one included."""
    return PolicyList(items=[PolicyAnswer.of(policy) for policy in bootstrap.manage_policies().list(call.tenant)])


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW,
    summary="Look at an escalation policy",
    answer=PolicyAnswer,
    raises=(NotFoundError,),
)
def get_policy(call: Call, id: str) -> PolicyAnswer:
    """Answer a policy."""
    return PolicyAnswer.of(bootstrap.manage_policies().get(call.tenant, policy_id(id)))


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.ADMINISTER,
    summary="Change an escalation policy",
    body=ChangePolicy,
    answer=PolicyAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_policy(call: Call, id: str, body: ChangePolicy) -> PolicyAnswer:
    """Change what is given; what was decided before keeps its steps."""
    by = Actor(call.principal, call.now)
    with _placed(body.steps):
        changed = bootstrap.manage_policies().update(call.tenant, policy_id(id), body.applied_to, by, body.version)
    return PolicyAnswer.of(changed)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.ADMINISTER,
    summary="Remove an escalation policy",
    status=204,
    raises=(NotFoundError,),
)
def delete_policy(call: Call, id: str) -> None:
    """Remove a policy."""
    bootstrap.manage_policies().delete(call.tenant, policy_id(id), Actor(call.principal, call.now))


@contextmanager
def _placed(steps: list[StepBody] | None) -> Iterator[None]:
    """Show faults where they stand: a step of the body may have one `channel` in the place of `channels`."""
    try:
        yield
    except InvalidInputError as error:
        short = {
            f"/steps/{at}/channels/0": f"/steps/{at}/channel" for at, step in enumerate(steps or ()) if step.channel
        }
        faults = [replace(fault, pointer=short.get(fault.pointer, fault.pointer)) for fault in error.faults]
        raise InvalidInputError(faults=faults) from error
