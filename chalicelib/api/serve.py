"""What every call goes through: who calls and may they, what is asked, the view, and the answer or the problem."""

from collections.abc import Mapping
from contextlib import nullcontext
from functools import cache
from time import perf_counter, time_ns
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from chalice.app import Request, Response
from pydantic.alias_generators import to_snake

from chalicelib.api.bodies import digest, parse_json, read_body, read_query, refuse_parameters
from chalicelib.api.call import Call, Trace, read_idempotency_key, read_trace
from chalicelib.api.headers import SECURITY, cors_headers
from chalicelib.api.problems import MEDIA_TYPE as PROBLEM
from chalicelib.api.problems import problem_json
from chalicelib.api.quotas import count_call
from chalicelib.api.reply import Reply
from chalicelib.auth.context import from_context
from chalicelib.auth.permissions import Permission, demand
from chalicelib.domain.errors import Fault, HeraldError, InvalidInputError, MalformedRequestError, UnauthenticatedError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.rate_limit import RateLimitedError
from chalicelib.domain.value import Millis
from chalicelib.domain.wire import to_json
from chalicelib.observability import logger
from chalicelib.services.accept import IdempotencyKey
from chalicelib.tenancy import tenant_scope

if TYPE_CHECKING:
    from chalicelib.api.models import Answer
    from chalicelib.api.route import Route

JSON: Final = "application/json"
LARGEST_ANSWER: Final = 6_000_000
"""Bytes of all that a function answers, headers included, with some to spare
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB)."""
_MOST_BYTES_A_CHARACTER: Final = 6
"""Of a text in JSON."""

_snake: Final = cache(to_snake)


class InternalError(HeraldError):
    """Something went wrong that is not the caller's fault; the log says what."""

    code, status, title = "internal_error", 500, "Something went wrong on our side"


def serve(route: "Route", request: Request, path: Mapping[str, str]) -> Response:
    """Serve one request of a route. Every line logged meanwhile carries the ids, the tenant and the calling client."""
    began = perf_counter()
    trace = read_trace(request.headers, str(request.context.get("requestId", "")))
    told: dict[str, str] = {}
    with logger.append_context_keys(
        route=route.name, request_id=trace.request_id, correlation_id=trace.correlation_id, tenant=None, client=None
    ):
        response = _answer_or_problem(route, request, path, trace, told)
        milliseconds = round((perf_counter() - began) * 1_000, 1)
        logger.info("Answered", extra={"status": response.status_code, "milliseconds": milliseconds})
    response.headers = {
        **SECURITY,
        **cors_headers(request.headers.get("origin")),
        **told,
        "X-Request-ID": trace.request_id,
        "X-Correlation-ID": trace.correlation_id,
        **response.headers,
    }
    return response


def _answer_or_problem(
    route: "Route", request: Request, path: Mapping[str, str], trace: Trace, told: dict[str, str]
) -> Response:
    """Return the response; `told` gets the headers that it has whatever becomes of the call."""
    try:
        return _response(route, _call_view(route, request, path, trace, told))
    except HeraldError as error:
        return _problem(error, trace)
    except Exception:  # noqa: BLE001 (logged with its trace; the caller is told nothing of our insides)
        logger.exception("A view failed")
        return _problem(InternalError(), trace)


def _call_view(
    route: "Route", request: Request, path: Mapping[str, str], trace: Trace, told: dict[str, str]
) -> "Answer | Reply | None":
    caller, tenant = (None, None) if route.needs is None else _identify(route.needs, request)
    now = Millis(time_ns() // 1_000_000)
    if route.limit is not None and caller is not None:
        count_call(route.limit, caller, tenant, now, told)
    # API Gateway hands the parts of a REST path on as they came, percent-encoded.
    arguments: dict[str, Any] = {_snake(name): unquote(value) for name, value in path.items()}
    idempotency = None
    raw = b"" if route.body is None else _raw_body(request)
    if route.body is not None and (raw or route.body_required):
        value = parse_json(raw, request.headers.get("content-type"), route.max_body)
        arguments["body"] = read_body(raw, route.body)
        if route.idempotent:
            idempotency = _idempotency(_place(route, path, caller), request, value)
    if route.query is not None:
        arguments["query"] = read_query(_parameters(request), route.query)
    elif route.needs is not None:
        refuse_parameters(_parameters(request))
    call = Call(trace=trace, now=now, caller=caller, in_tenant=tenant, idempotency=idempotency)
    with nullcontext() if tenant is None else tenant_scope(tenant):
        return route.view(call, **arguments)


def _identify(needs: Permission, request: Request) -> tuple[Principal, TenantId | None]:
    caller = from_context(request.context.get("authorizer"))
    logger.append_keys(client=caller.client_id)
    demand(needs, caller)
    asked = request.headers.get("x-tenant-id")
    if not needs.in_tenant and asked is None:
        return caller, None
    tenant = caller.tenant(asked)
    logger.append_keys(tenant=tenant)
    return caller, tenant if needs.in_tenant else None


def _place(route: "Route", path: Mapping[str, str], caller: Principal | None) -> str:
    """Return where a key counts: on one path, and of what is a person's own only among their calls."""
    own = [caller.name] if caller is not None and route.needs is Permission.OWN else []
    return "\n".join([route.name, *path.values(), *own])


def _idempotency(place: str, request: Request, body: Any) -> IdempotencyKey | None:
    key = read_idempotency_key(request.headers)
    return None if key is None else IdempotencyKey(route=place, key=key, body_hash=digest(body))


def _raw_body(request: Request) -> bytes:
    try:
        raw = request.raw_body
    except ValueError as error:
        raise MalformedRequestError("The body cannot be decoded") from error
    return raw.encode() if isinstance(raw, str) else raw


def _parameters(request: Request) -> dict[str, list[str]]:
    given = request.query_params
    return {} if given is None else {name: given.getlist(name) for name in given}


def _response(route: "Route", answered: "Answer | Reply | None") -> Response:
    reply = answered if isinstance(answered, Reply) else Reply(answered)
    headers: dict[str, str | list[str]] = {**reply.headers}
    if reply.answer is None:
        body = reply.text or ""
    else:
        body = reply.answer.model_dump_json(exclude_none=True)
        _refuse_too_large(body)
        headers.setdefault("Content-Type", JSON)
    return Response(body=body, headers=headers, status_code=reply.status or route.status)


def _refuse_too_large(body: str) -> None:
    """Raise InvalidInputError for a body that cannot leave the function, in which it is a text of JSON once more."""
    if len(body) > LARGEST_ANSWER // _MOST_BYTES_A_CHARACTER and len(to_json(body)) > LARGEST_ANSWER:
        detail = f"The answer would have more than {LARGEST_ANSWER} bytes: ask for less at a time"
        raise InvalidInputError(faults=[Fault(pointer="", code="answer_too_large", detail=detail)])


def _problem(error: HeraldError, trace: Trace) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": PROBLEM}
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RateLimitedError):
        headers["Retry-After"] = str(error.retry_after)
    return Response(body=problem_json(error, trace.request_id), headers=headers, status_code=error.status)
