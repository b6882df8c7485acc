"""What a schema says of the values at a place: which keys they have and what stands under these."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.rendering.schema_rules import refers_to

_COMBINED: Final = ("allOf", "anyOf", "oneOf")
_CONDITIONAL: Final = ("if", "then", "else")


@dataclass(frozen=True)
class Shape:
    """The schemas that a value may have to satisfy, references followed. `root` is the whole schema; where there are no
    schemas, the value may be anything.
    """

    root: Mapping[str, Any]
    schemas: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, root: Mapping[str, Any]) -> "Shape":
        """Return the shape of the data itself."""
        return cls(root, tuple(_flattened(root, root)))

    @property
    def declared(self) -> frozenset[str]:
        """The names of keys that the schemas tell of."""
        return frozenset(name for schema in self.schemas for name in _mapping(schema.get("properties")))

    @property
    def is_html(self) -> bool:
        """Whether the value is a text marked as HTML."""
        return any(schema.get("contentMediaType") == "text/html" for schema in self.schemas)

    @property
    def is_closed(self) -> bool:
        """Whether a value has no other keys than those declared: none are allowed, or it is no object."""
        return any(
            schema.get("additionalProperties") is False
            or schema.get("unevaluatedProperties") is False
            or (not schema.get("patternProperties") and not _may_be(schema, "object"))
            for schema in self.schemas
        )

    def member(self, name: str) -> "Shape | None":
        """Return the shape of what stands under a key; None when the schemas leave no place for it."""
        found = [_mapping(schema.get("properties")).get(name) for schema in self.schemas]
        if any(each is not None for each in found):
            return self._with(found)
        if any(isinstance(schema.get("additionalProperties"), dict) for schema in self.schemas):
            return self._with([schema.get("additionalProperties") for schema in self.schemas])
        return None if self.is_closed else Shape(self.root)

    def item(self) -> "Shape":
        """Return the shape of the items of a list."""
        return self._with(
            [
                each
                for schema in self.schemas
                for each in (schema.get("items"), *(schema.get("prefixItems") or ()), schema.get("contains"))
            ]
        )

    def _with(self, schemas: list[Any]) -> "Shape":
        return Shape(self.root, tuple(flat for each in schemas for flat in _flattened(each, self.root)))


def _flattened(schema: Any, root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and all that it refers to, combines or chooses from. References never lead in a circle."""
    if not isinstance(schema, dict):
        return
    yield schema
    if isinstance(schema.get("$ref"), str):
        yield from _flattened(refers_to(root, schema["$ref"]), root)
    for keyword in _COMBINED:
        for each in schema.get(keyword) or ():
            yield from _flattened(each, root)
    for keyword in _CONDITIONAL:
        yield from _flattened(schema.get(keyword), root)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _may_be(schema: Mapping[str, Any], kind: str) -> bool:
    types = schema.get("type")
    return types is None or kind in (types if isinstance(types, list) else [types])
