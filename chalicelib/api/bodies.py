"""Reading what a request carries: its body and its query. What is wrong is said with a code and a place."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar

from pydantic import ValidationError

from chalicelib.api.models import Body, Query
from chalicelib.api.problems import faults_of
from chalicelib.domain.errors import (
    Fault,
    InvalidInputError,
    MalformedRequestError,
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
)

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

MEDIA_TYPE: Final = "application/json"


def parse_json(raw: bytes, content_type: str | None, limit: int) -> Any:
    """Return the JSON value of a body.

    Raises
    ------
    PayloadTooLargeError, UnsupportedMediaTypeError, MalformedRequestError
        It has more than `limit` bytes; it says it is something else; it is not JSON, or has a name twice.
    """
    if len(raw) > limit:
        raise PayloadTooLargeError(f"The body may have {limit} bytes, it has {len(raw)}")
    if content_type is not None and content_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaTypeError
    if not raw:
        raise MalformedRequestError("A JSON body is required")
    try:
        return json.loads(raw, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise MalformedRequestError(f"The body is not JSON: {error.msg} at character {error.pos}") from error
    except UnicodeDecodeError as error:
        raise MalformedRequestError("The body is not UTF-8") from error
    except RecursionError as error:
        raise MalformedRequestError("The body is nested too deeply") from error
    except ValueError as error:
        raise MalformedRequestError("The body has a number that cannot be read") from error


def read_body(raw: bytes, model: type[B]) -> B:
    """Return the body in the shape of `model`; `raw` was read by `parse_json` before.

    Raises
    ------
    MalformedRequestError
        It has what JSON allows and Unicode does not (half of a surrogate pair).
    InvalidInputError
        It has another shape; `faults` say where.
    """
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        if any(entry["type"] == "json_invalid" for entry in error.errors(include_url=False)):
            raise MalformedRequestError("The body is not JSON that can be read") from error
        raise InvalidInputError(faults=faults_of(error)) from error


def read_query(parameters: Mapping[str, Sequence[str]], model: type[Q]) -> Q:
    """Return the query in the shape of `model`; a name that comes once has a text, else a list.

    Raises InvalidInputError, with pointers such as `/limit`.
    """
    values = {name: texts[0] if len(texts) == 1 else list(texts) for name, texts in parameters.items()}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidInputError("The query is not valid", faults=faults_of(error)) from error


def refuse_parameters(parameters: Mapping[str, Sequence[str]]) -> None:
    """Raise InvalidInputError when there are parameters: the route takes none."""
    if parameters:
        faults = [
            Fault(pointer=f"/{name}", code="unknown_field", detail="No such parameter") for name in sorted(parameters)
        ]
        raise InvalidInputError("The query is not valid", faults=faults)


def digest(value: Any) -> str:
    """Return a digest of a JSON value that neither spacing nor the order of names changes."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Readers differ in which of two equal names they take (RFC 8259 §4), so whoever checked it may have seen the other.
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedRequestError("The body has an object with the same name twice")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedRequestError(f"The body is not JSON: {name}")
