"""The parts of the description that are the same for all routes: headers, problems, who may call."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from chalicelib.auth.permissions import ROLES, SCOPES, Permission
from chalicelib.domain.lookup import LookupType
from chalicelib.domain.words import Scope

Document = dict[str, Any]

USERS: Final = "users"
SERVICES: Final = "services"
BEARER: Final = "bearer"
REPLAYED: Final = "Idempotency-Replayed"
RATES: Final = ("RateLimit-Policy", "RateLimit")
RETRY: Final = "Retry-After"

_SCOPES: Final = {
    Scope.SEND: "Send notifications",
    Scope.READ: "Read notifications",
    Scope.BULK: "Send in bulk",
    Scope.ADMIN: "Administer",
}
_TRACING: Final = {"type": "string", "pattern": "^[A-Za-z0-9._:@/+=-]{1,128}$"}


class Login(msgspec.Struct, frozen=True):
    """Where users log in and services get their tokens: the base address of the OAuth2 endpoints."""

    url: str


def _header(name: str, description: str, schema: Document) -> Document:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


PATH_WORDS: Final[Mapping[str, type[StrEnum]]] = {"type": LookupType}
"""The parameters of paths that are one of a few words, by name."""
PARAMETERS: Final[Document] = {
    "TenantId": _header(
        "X-Tenant-ID",
        "The tenant to act in, for tokens that reach several.",
        {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,47}$"},
    ),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "Repeating a request with the same key and body within 24 hours has no effect and the same answer.",
        {"type": "string", "minLength": 1, "maxLength": 257},
    ),
    "RequestId": _header("X-Request-ID", "The caller's name for this request.", _TRACING),
    "CorrelationId": _header("X-Correlation-ID", "What this request is part of; handed on everywhere.", _TRACING),
}
HEADERS: Final[Document] = {
    "X-Request-ID": {"description": "The request's id: the caller's, or ours.", "schema": {"type": "string"}},
    "X-Correlation-ID": {"description": "The caller's, or the request's id.", "schema": {"type": "string"}},
    "RateLimit-Policy": {
        "description": "The limit the call counts for: its name, how many calls there may be (`q`) in how many seconds"
        " (`w`). https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10",
        "schema": {"type": "string", "examples": ['"send";q=100;w=60']},
    },
    "RateLimit": {
        "description": "How many calls are left (`r`), as far as is known; in how many seconds there are more (`t`).",
        "schema": {"type": "string", "examples": ['"send";r=50;t=30']},
    },
    RETRY: {"description": "Seconds to wait before the next call.", "schema": {"type": "integer", "minimum": 1}},
    REPLAYED: {
        "description": "Present when this request was answered before.",
        "schema": {"type": "string", "const": "true"},
    },
}
PROBLEM: Final[Document] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:herald:problem:invalid_input"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Never changes its meaning.", "examples": ["invalid_input"]},
        "instance": {"type": "string", "description": "The id of the request."},
        "faults": {
            "type": "array",
            "description": "What is wrong with the input, each with its place (RFC 6901).",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "examples": ["/recipients/0/email"]},
                    "code": {"type": "string", "examples": ["invalid_email"]},
                    "detail": {"type": "string"},
                    "line": {"type": "integer", "description": "In a text of several lines, from 1."},
                    "column": {"type": "integer", "description": "In that line, from 1."},
                },
            },
        },
    },
}


def security_schemes(login: Login) -> Document:
    """Return the ways to get in: users log in, services get a token, and either may bring one of another issuer."""
    token = f"{login.url}/oauth2/token"
    user_flow = {
        "authorizationUrl": f"{login.url}/oauth2/authorize",
        "tokenUrl": token,
        "scopes": {"openid": "Who you are", "email": "Your address", "profile": "Your name"},
    }
    scopes = {scope.value: told for scope, told in _SCOPES.items()}
    service_flows = {"clientCredentials": {"tokenUrl": token, "scopes": scopes}}
    return {
        USERS: {
            "type": "oauth2",
            "description": "Authorization code with PKCE.",
            "flows": {"authorizationCode": user_flow},
            # Users are known by their id token; Swagger UI would send the access token.
            "x-tokenName": "id_token",
        },
        SERVICES: {"type": "oauth2", "description": "Client credentials.", "flows": service_flows},
        BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }


def security_of(permission: Permission) -> list[dict[str, list[str]]]:
    """Return who gets in where `permission` is demanded."""
    ways: list[dict[str, list[str]]] = [{BEARER: []}]
    if permission in SCOPES:
        ways.insert(0, {SERVICES: [SCOPES[permission].value]})
    if permission in ROLES or permission is Permission.OWN:
        ways.insert(0, {USERS: ["openid"]})
    return ways
