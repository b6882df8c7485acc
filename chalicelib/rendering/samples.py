"""The data that a template is tried with when it is saved: the author's sample, and less where the schema allows."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.rendering.shapes import Shape

Sample = tuple[str, Mapping[str, Any]]
"""What sets a sample apart, for people, and the data."""


def samples_of(sample: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Sample]:
    """Yield the sample itself; without what the schema does not require; and with its lists empty beside.

    Whoever uses a name that is not required has to ask for it (`is defined`, `default`), which shows here and not when
    somebody sends without it. Whether the schema takes the lesser ones is for the caller to see.
    """
    yield "With the sample", sample
    shape = Shape.of(schema)
    lean = _lean(sample, shape, lists=True)
    if lean != sample:
        yield "With the sample, without what the schema does not require", lean
    empty = _lean(sample, shape, lists=False)
    if empty != lean:
        yield "With the sample, without what the schema does not require, and with empty lists", empty


def _lean(value: Any, shape: Shape, *, lists: bool) -> Any:
    if isinstance(value, Mapping):
        required = {name for schema in shape.schemas for name in schema.get("required") or ()}
        return {
            name: _lean(inner, shape.member(name) or Shape({}), lists=lists)
            for name, inner in value.items()
            if name in required or not shape.schemas
        }
    if isinstance(value, list):
        return [_lean(item, shape.item(), lists=lists) for item in value] if lists else []
    return value
