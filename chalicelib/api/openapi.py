"""The description of the API, made from its routes and their models.

Its form is OpenAPI 3.1.0: https://spec.openapis.org/oas/v3.1.0
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec
from chalice.app import RouteEntry
from pydantic import BaseModel

from chalicelib.api.examples import EXAMPLES
from chalicelib.api.openapi_parts import (
    HEADERS,
    PARAMETERS,
    PATH_WORDS,
    PROBLEM,
    RATES,
    REPLAYED,
    RETRY,
    Login,
    security_of,
    security_schemes,
)
from chalicelib.api.openapi_schemas import Schemas
from chalicelib.api.problems import MEDIA_TYPE as PROBLEM_TYPE
from chalicelib.api.resources import FILES, beginning_of
from chalicelib.api.route import Route
from chalicelib.api.serve import JSON, InternalError
from chalicelib.domain.errors import (
    ForbiddenError,
    HeraldError,
    InvalidInputError,
    MalformedRequestError,
    PayloadTooLargeError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from chalicelib.domain.rate_limit import RateLimitedError

Document = dict[str, Any]

_PARAMETER: Final = re.compile(r"{(\w+)}")


class Operation(msgspec.Struct, frozen=True):
    """One method of one path."""

    path: str
    method: str
    route: Route


def operations(routes: Mapping[str, Mapping[str, RouteEntry]]) -> list[Operation]:
    """Return what Chalice's table of routes has of ours, in the order of the API's table of contents."""
    contents = list(FILES)
    return [
        Operation(path, method, entry.view_function)
        for path, methods in sorted(routes.items(), key=lambda entry: (_place(entry[0], contents), entry[0]))
        for method, entry in methods.items()
        if isinstance(entry.view_function, Route)
    ]


def _place(path: str, contents: Sequence[str]) -> int:
    beginning = beginning_of(path)
    return contents.index(beginning) if beginning in contents else len(contents)


def describe(offered: Iterable[Operation], login: Login) -> Document:
    """Return the description of `offered`, to be served beside the paths it describes."""
    all_of_them = list(offered)
    schemas = Schemas(operation.route for operation in all_of_them)
    paths: dict[str, Document] = {}
    for operation, id in zip(all_of_them, _operation_ids(all_of_them), strict=True):
        described = {"operationId": id, **_operation(operation, schemas)}
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Herald",
            "version": "1",
            "description": "Notify people by e-mail, SMS, push, WhatsApp, chat, alert, webhook and in their inbox.",
        },
        "servers": [{"url": ".", "description": "Where this document comes from"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.route.tag for operation in all_of_them)],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM, **schemas.definitions},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": security_schemes(login),
        },
    }


def _operation_ids(offered: Iterable[Operation]) -> Iterator[str]:
    """Name each operation after its view; aliases and further methods get a number."""
    seen: dict[str, int] = {}
    for operation in offered:
        name = operation.route.__name__
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"


def _operation(operation: Operation, schemas: Schemas) -> Document:
    route = operation.route
    described: Document = {
        "summary": route.summary,
        "description": (route.view.__doc__ or "").strip(),
        "tags": [route.tag],
        "security": [] if route.needs is None else security_of(route.needs),
        "parameters": list(_parameters(operation, schemas)),
        "responses": _responses(route, schemas),
    }
    if route.needs is not None:
        described["description"] += f"\n\nFor {route.needs.value}."
    if route.body is not None:
        described["requestBody"] = {"required": route.body_required, "content": {JSON: _media(route.body, schemas)}}
    return described


def _parameters(operation: Operation, schemas: Schemas) -> Iterator[Document]:
    route = operation.route
    for name in _PARAMETER.findall(operation.path):
        words = {"enum": list(PATH_WORDS[name])} if name in PATH_WORDS else {}
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", **words}}
    yield from schemas.parameters(route.query)
    if route.needs is not None:
        yield {"$ref": "#/components/parameters/TenantId"}
    if route.idempotent:
        yield {"$ref": "#/components/parameters/IdempotencyKey"}
    yield {"$ref": "#/components/parameters/RequestId"}
    yield {"$ref": "#/components/parameters/CorrelationId"}


def _responses(route: Route, schemas: Schemas) -> Document:
    answered: Document = {"description": HTTPStatus(route.status).phrase, "headers": _headers(route)}
    if route.answer is not None:
        answered["content"] = {JSON: _media(route.answer, schemas)}
    by_status: dict[int, list[type[HeraldError]]] = {}
    for error in sorted(_errors(route), key=lambda error: (error.status, error.code)):
        by_status.setdefault(error.status, []).append(error)
    return {str(route.status): answered} | {str(status): _problem(errors) for status, errors in by_status.items()}


def _media(model: type[BaseModel], schemas: Schemas) -> Document:
    examples = {name: {"value": value} for name, value in EXAMPLES.get(model.__name__, {}).items()}
    return {"schema": schemas.reference(model), "examples": examples}


def _headers(route: Route) -> Document:
    absent = {RETRY} | (set() if route.idempotent else {REPLAYED}) | (set() if route.limit else set(RATES))
    return _references(name for name in HEADERS if name not in absent)


def _references(headers: Iterable[str]) -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


def _errors(route: Route) -> set[type[HeraldError]]:
    errors: set[type[HeraldError]] = {InternalError, *route.raises}
    if route.needs is not None:
        errors |= {UnauthenticatedError, ForbiddenError, MalformedRequestError, InvalidInputError}
    if route.limit is not None:
        errors |= {RateLimitedError}
    if route.query is not None:
        errors |= {InvalidInputError}
    if route.body is not None:
        errors |= {MalformedRequestError, InvalidInputError, PayloadTooLargeError, UnsupportedMediaTypeError}
    return errors


def _problem(errors: list[type[HeraldError]]) -> Document:
    told = "\n".join(f"- `{error.code}`: {error.title}" for error in errors)
    described: Document = {
        "description": told,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return described | ({"headers": _references((*RATES, RETRY))} if RateLimitedError in errors else {})
