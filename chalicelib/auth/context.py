"""The caller on the way from the authorizer to the API: one string of API Gateway's authorizer context."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from chalicelib.domain.errors import InvalidIdError, UnauthenticatedError
from chalicelib.domain.principal import Principal
from chalicelib.domain.wire import from_json, to_json

KEY: Final = "principal"


def to_context(principal: Principal) -> dict[str, str]:
    """Return the authorizer context that carries a caller (its values may only be plain)."""
    return {KEY: to_json(principal).decode()}


def from_context(context: Mapping[str, Any] | None) -> Principal:
    """Return the caller in an authorizer context; raises UnauthenticatedError when it carries none."""
    try:
        return from_json((context or {})[KEY], Principal)
    except (KeyError, InvalidIdError, msgspec.MsgspecError) as error:
        raise UnauthenticatedError from error
