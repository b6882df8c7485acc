"""The JSON Schema of a template's data: whether it is one, and what is wrong with data by it."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn

from chalicelib.domain.errors import Fault
from chalicelib.domain.wire import to_json
from chalicelib.rendering import limits
from chalicelib.rendering.bounded import Bounded
from chalicelib.rendering.expressions import bytes_of, engine
from chalicelib.rendering.html_data import Marked, html_fault, marked
from chalicelib.rendering.schema_rules import RESERVED, SchemaError, bytes_of_expressions, check_rules

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

_CODES: Final = {
    "required": "required",
    "type": "wrong_type",
    "additionalProperties": "unknown_field",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minItems": "too_few",
    "maxItems": "too_many",
    "minimum": "out_of_range",
    "exclusiveMinimum": "out_of_range",
    "maximum": "out_of_range",
    "exclusiveMaximum": "out_of_range",
    "enum": "not_one_of",
    "const": "not_one_of",
    "pattern": "malformed",
    "format": "malformed",
}
"""Codes of faults by the keyword that is not satisfied; of all others it is `invalid`."""


class Schemas:
    """Checks data by schemas, and keeps those it has compiled."""

    def __init__(self) -> None:
        self._compiled: Bounded[bytes, _Checker] = Bounded(limits.SCHEMAS)

    def schema_faults(self, schema: Mapping[str, Any]) -> tuple[Fault, ...]:
        """Return what is wrong with a schema; pointers are into the schema."""
        try:
            self._checker(schema)
        except SchemaError as error:
            return (error.fault,)
        return ()

    def data_faults(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Fault, ...]:
        """Return what is wrong with data by a schema; pointers are into the data."""
        values = _count(data)
        if values > limits.DATA_NODES:
            detail = f"Data may have {limits.DATA_NODES} values, nested {limits.DATA_DEPTH} deep, at most"
            return (Fault(pointer="", code="too_large", detail=detail),)
        reserved = [
            Fault(pointer=pointer_of([name]), code="reserved_name", detail="Every template knows this name by itself")
            for name in data
            if name in RESERVED
        ]
        try:
            return tuple(reserved) or self._checker(schema).faults(data, values)
        except SchemaError as error:
            # It was stored before there was the rule that it breaks.
            detail = f"The template's schema cannot be used any more. {error.fault.detail}"
            return (Fault(pointer="", code=error.fault.code, detail=detail),)

    def _checker(self, schema: Mapping[str, Any]) -> "_Checker":
        written = to_json(schema)
        if len(written) > limits.SOURCE:
            raise SchemaError("too_large", f"A schema may have {limits.SOURCE} bytes of JSON at most")
        return self._compiled.get(written, lambda: _compiled(schema))


class _Checker:
    """A compiled schema of so many values, with `expressions` of so many bytes. How long a check takes grows with these
    and with the data.
    """

    def __init__(self, validator: "Draft202012Validator", size: int, expressions: int, html: Marked) -> None:
        self._validator = validator
        self._size = size
        self._expressions = expressions
        self._html = html

    def faults(self, data: Mapping[str, Any], values: int) -> tuple[Fault, ...]:
        """Return what is wrong with data of so many values."""
        from jsonschema_rs import ValidationError

        work = self._size * values
        if work > limits.CHECKS:
            detail = f"With this schema, data may have {limits.CHECKS // self._size} values"
            return (Fault(pointer="", code="too_large", detail=detail),)
        if self._expressions and self._expressions * len(to_json(data)) > limits.MATCHING:
            most = limits.MATCHING // self._expressions
            detail = f"With the regular expressions of this schema, data may have {most} bytes"
            return (Fault(pointer="", code="too_large", detail=detail),)
        if self._validator.is_valid(data):
            fault = html_fault(data, self._html)
            return () if fault is None else (fault,)
        if work <= limits.CHECKS_TOLD:
            found = [fault for error in self._validator.iter_errors(data) for fault in _faults_of(error)]
            return tuple(found[: limits.FAULTS])
        try:
            self._validator.validate(data)
        except ValidationError as error:
            return tuple(islice(_faults_of(error), limits.FAULTS))
        return ()


def pointer_of(path: list[Any]) -> str:
    """Return the JSON pointer of a path."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _compiled(schema: Mapping[str, Any]) -> _Checker:
    from jsonschema_rs import Draft202012Validator, ValidationError

    size = check_rules(schema)
    try:
        validator = Draft202012Validator(
            dict(schema),
            pattern_options=engine(),
            validate_formats=True,
            retriever=_retrieve_nothing,
            mask="the value",
        )
    except ValidationError as error:
        # Of an expression that is none, the place in the schema is told as the keyword that is not satisfied.
        place = error.schema_path if _keyword(error) == "pattern" else error.instance_path
        raise SchemaError("invalid_schema", error.message[:200], pointer_of(place)) from error
    except ValueError as error:
        raise SchemaError("invalid_schema", str(error)[:200]) from error
    return _Checker(validator, size, bytes_of_expressions(schema, cache(bytes_of)), marked(schema))


def _retrieve_nothing(uri: str) -> NoReturn:
    """Refuse: what a schema needs it says itself."""
    raise ValueError(f"{uri[:64]} is not retrieved")


def _faults_of(error: "ValidationError") -> Iterator[Fault]:
    code = _CODES.get(_keyword(error), "invalid")
    names = _named(error)
    for name in names:
        yield Fault(pointer=pointer_of([*error.instance_path, name]), code=code, detail=_DETAILS[code])
    if not names:
        detail = _DETAILS.get(code, error.message[:200])
        yield Fault(pointer=pointer_of(error.instance_path), code=code, detail=detail)


_DETAILS: Final = {
    "required": "The template needs this field",
    "unknown_field": "The template's schema does not know this field",
}


def _keyword(error: "ValidationError") -> str:
    """Return the keyword that is not satisfied."""
    return str(error.schema_path[-1]) if error.schema_path else ""


def _named(error: "ValidationError") -> list[str]:
    """Return the names that an object lacks, or has too many."""
    names = getattr(error.kind, "property", None) or getattr(error.kind, "unexpected", None) or []
    return [names] if isinstance(names, str) else [name for name in names if isinstance(name, str)]


def _count(data: Mapping[str, Any]) -> int:
    """Return how many values data has; more than there may be where it is nested too deep."""
    count = 0
    waiting: list[tuple[Any, int]] = [(data, 0)]
    while waiting and count <= limits.DATA_NODES:
        value, depth = waiting.pop()
        count += 1 if depth <= limits.DATA_DEPTH else limits.DATA_NODES + 1
        if isinstance(value, dict):
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]
    return count
