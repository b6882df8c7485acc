"""Which JSON Schemas may describe the data of a template: those that nobody can make expensive.

Draft 2020-12, whole in itself: references lead to other places of the schema, never in a circle, and what they refer
to counts as often as it is referred to. So checking data takes time in proportion to the data.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chalicelib.domain.errors import Fault
from chalicelib.rendering import limits

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
RESERVED: Final = frozenset({"recipient", "tenant", "locale", "dir", "unsubscribe_url", "loop"})
"""Names that data may not have: they are known to every template, or to loops."""
_REFUSED: Final = frozenset(
    {"$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$id", "$anchor"}
    # The validator checks again what stands beside them: twice as often with each that stands in another.
    | {"unevaluatedProperties", "unevaluatedItems"}
)
_MAPS: Final = frozenset({"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"})
"""Keywords whose keys are names of the author's."""

# What stands elsewhere nobody has checked. Percent-encoded, one would lead the validator elsewhere than `refers_to`.
_REFERENCE: Final = re.compile(
    r"#(/(\$defs|definitions|properties|patternProperties|dependentSchemas)/[^/%]*"
    r"|/(allOf|anyOf|oneOf|prefixItems)/[0-9]+"
    r"|/(items|contains|not|if|then|else|additionalProperties|propertyNames))+\Z"
)


class SchemaError(ValueError):
    """A schema cannot be used; `fault` says where and why."""

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.fault = Fault(pointer=pointer, code=code, detail=detail)


def check_rules(schema: Mapping[str, Any]) -> int:
    """Return how many values a schema that keeps to the rules has, with each reference replaced by what it refers to;
    SchemaError, with a pointer into the schema, for any other.
    """
    if str(schema.get("$schema", DIALECT)).rstrip("#") != DIALECT:
        raise SchemaError("unknown_dialect", f"Schemas are of the dialect {DIALECT}", "/$schema")
    _check(schema, "", 0)
    properties = schema.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        if name in RESERVED:
            detail = "Every template knows this name; data may not use it"
            raise SchemaError("reserved_name", detail, below("/properties", name))
    if _count(schema) > limits.PATTERNS:
        raise SchemaError("too_many_patterns", f"A schema may have {limits.PATTERNS} regular expressions at most")
    return _Sizes(schema, lambda _: 1, limits.SCHEMA_NODES).of(schema, "", ())


def bytes_of_expressions(schema: Mapping[str, Any], bytes_of: Callable[[str], int]) -> int:
    """Return how many bytes the regular expressions of a schema that keeps to the rules have, those of places that are
    referred to counted as often as these.
    """
    return _Sizes(schema, lambda node: sum(map(bytes_of, _expressions(node)))).of(schema, "", ())


def refers_to(schema: Mapping[str, Any], reference: str) -> Any:
    """Return the place of a schema that a local reference (`#/$defs/line`) leads to; None where it leads nowhere."""
    found: Any = schema
    for step in reference.removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(key)] if re.fullmatch("[0-9]{1,4}", key) and int(key) < len(found) else None
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return found


def _check(node: Any, pointer: str, depth: int, *, names: bool = False) -> None:
    if depth > limits.SCHEMA_DEPTH:
        raise SchemaError("too_deep", f"A schema may be nested {limits.SCHEMA_DEPTH} deep at most", pointer)
    for key, value in _members(node):
        if key in _REFUSED and not names:
            raise SchemaError("forbidden_keyword", f"Schemas have no {key} here", below(pointer, key))
        if key == "$ref" and not names and not (isinstance(value, str) and _REFERENCE.match(value)):
            detail = "References lead to `#/$defs/…`, or another place in this schema where a schema stands, without %"
            raise SchemaError("forbidden_reference", detail, pointer)
        _check(value, below(pointer, key), depth + 1, names=key in _MAPS and not names)


def _count(node: Any) -> int:
    """Return how many regular expressions a schema may have, those of places that are referred to counted once."""
    return len(_expressions(node)) + sum(_count(value) for _, value in _members(node))


def _expressions(node: Any) -> list[str]:
    if not isinstance(node, dict):
        return []
    pattern, names = node.get("pattern"), node.get("patternProperties")
    return [*([pattern] if isinstance(pattern, str) else ()), *(names if isinstance(names, dict) else ())]


class _Sizes:
    """Counts a schema with each reference replaced by what it refers to; `own` is what a value itself counts for."""

    def __init__(self, schema: Mapping[str, Any], own: Callable[[Any], int], most: float = math.inf) -> None:
        self._schema = schema
        self._own = own
        self._most = most
        self._known: dict[str, int] = {}

    def of(self, node: Any, pointer: str, via: tuple[str, ...]) -> int:
        """Return the size of a place that references `via` led to."""
        size = self._own(node) + sum(self.of(value, below(pointer, key), via) for key, value in _members(node))
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str):
            size += self._behind(reference, pointer, via)
        if size > self._most:
            raise SchemaError("too_large", f"A schema may have {self._most} values at most", pointer)
        return size

    def _behind(self, reference: str, pointer: str, via: tuple[str, ...]) -> int:
        if reference in via:
            raise SchemaError("circular_reference", "References may not lead in a circle", pointer)
        if reference not in self._known:
            self._known[reference] = self.of(refers_to(self._schema, reference), pointer, (*via, reference))
        return self._known[reference]


def _members(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from ((str(index), value) for index, value in enumerate(node))


def below(pointer: str, key: str) -> str:
    """Return the JSON pointer to what stands under a key."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
