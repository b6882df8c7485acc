"""Administering on-call rotas."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.path import rota_id
from chalicelib.api.reply import Reply
from chalicelib.api.rota_models import ChangeRota, CreateRota, OnDutyAnswer, OnDutyQuery, RotaAnswer, RotaList
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: on-call rotas")
ROTAS = "/api/v1/admin/on-call-rotas"
ONE = ROTAS + "/{id}"


@routes.add(
    "POST",
    ROTAS,
    needs=Permission.ADMINISTER,
    summary="Create an on-call rota",
    body=CreateRota,
    answer=RotaAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
)
def create_rota(call: Call, body: CreateRota) -> Reply:
    """Store a new rota."""
    by = Actor(call.principal, call.now)
    rota = bootstrap.manage_rotas().create(call.tenant, body.rota(), by)
    return Reply(RotaAnswer.of(rota), headers={"Location": f"{ROTAS}/{rota.id}"})


@routes.add("GET", ROTAS, needs=Permission.VIEW, summary="List the on-call rotas", answer=RotaList)
def list_rotas(call: Call) -> RotaList:
    """Answer all rotas of the tenant."""
    return RotaList(items=[RotaAnswer.of(rota) for rota in bootstrap.manage_rotas().list(call.tenant)])


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW,
    summary="Look at an on-call rota",
    answer=RotaAnswer,
    raises=(NotFoundError,),
)
def get_rota(call: Call, id: str) -> RotaAnswer:
    """Answer a rota."""
    return RotaAnswer.of(bootstrap.manage_rotas().get(call.tenant, rota_id(id)))


@routes.add(
    "GET",
    ONE + "/on-duty",
    needs=Permission.VIEW,
    summary="See who is on duty",
    query=OnDutyQuery,
    answer=OnDutyAnswer,
    raises=(NotFoundError,),
)
def get_on_duty(call: Call, id: str, query: OnDutyQuery) -> OnDutyAnswer:
    """Answer who is on duty at a time."""
    at = call.now if query.at is None else query.at
    return OnDutyAnswer.of(at, bootstrap.manage_rotas().on_duty(call.tenant, rota_id(id), at))


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.ADMINISTER,
    summary="Change an on-call rota",
    body=ChangeRota,
    answer=RotaAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_rota(call: Call, id: str, body: ChangeRota) -> RotaAnswer:
    """Change what is given; whoever is asked next is asked by it."""
    by = Actor(call.principal, call.now)
    changed = bootstrap.manage_rotas().update(call.tenant, rota_id(id), body.applied_to, by, body.version)
    return RotaAnswer.of(changed)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.ADMINISTER,
    summary="Remove an on-call rota",
    status=204,
    raises=(NotFoundError, ConflictError),
)
def delete_rota(call: Call, id: str) -> None:
    """Remove a rota that nothing names any more."""
    bootstrap.manage_rotas().delete(call.tenant, rota_id(id), Actor(call.principal, call.now))
