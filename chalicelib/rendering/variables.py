"""The names that a source uses, against the schema of the data."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jinja2 import nodes

from chalicelib.rendering.grammar import key_of
from chalicelib.rendering.refusal import RefusalError
from chalicelib.rendering.schema_rules import RESERVED
from chalicelib.rendering.shapes import Shape

_RECIPIENT: Final = ("userId", "userType", "locale", "attributes")
_OWN: Final = {
    "recipient": {
        "additionalProperties": False,
        "properties": {name: {} if name == "attributes" else {"type": "string"} for name in _RECIPIENT},
    },
    "tenant": {"additionalProperties": False, "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
}
"""What every template knows beside its data, where it has keys."""


def unknown_names(tree: nodes.Template, schema: Mapping[str, Any]) -> Iterator[RefusalError]:
    """Yield a refusal (`unknown_variable`) for each name that neither the schema nor Herald knows."""
    shape = Shape.of(schema)
    known = {name: shape.member(name) or Shape(schema) for name in shape.declared}
    for name in RESERVED - {"loop"}:
        known[name] = Shape.of(_OWN[name]) if name in _OWN else Shape.of({"type": "string"})
    yield from _unknown(tree, known)


def _unknown(node: nodes.Node, known: Mapping[str, Shape]) -> Iterator[RefusalError]:
    if isinstance(node, nodes.For):
        yield from _unknown(node.iter, known)
        inside = {**known, "loop": Shape({}), _target(node): _items(node.iter, known)}
        for child in [*node.body, *([node.test] if node.test else [])]:
            yield from _unknown(child, inside)
        for child in node.else_:
            yield from _unknown(child, known)
    elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        yield from _unknown_path(node, known)
    else:
        for child in node.iter_child_nodes():
            yield from _unknown(child, known)


def _unknown_path(node: nodes.Node, known: Mapping[str, Shape]) -> Iterator[RefusalError]:
    """Yield what is unknown in `order.lines[0].name`: the first step that leads nowhere."""
    if isinstance(node, nodes.Name):
        if node.name not in known:
            detail = f"The schema does not know `{node.name}`"
            yield RefusalError("unknown_variable", detail, node.lineno - 1)
        return
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        yield from _unknown(node, known)
        return
    below = list(_unknown_path(node.node, known))
    yield from below
    if isinstance(node, nodes.Getitem):
        yield from _unknown(node.arg, known)
    if not below and _shape(node, known) is None:
        detail = f"The schema leaves no place for `{_written(node)}`"
        yield RefusalError("unknown_variable", detail, node.lineno - 1)


def _shape(node: nodes.Node, known: Mapping[str, Shape]) -> Shape | None:
    """Return the shape of what stands at a path, None when there is no place for it."""
    if isinstance(node, nodes.Name):
        return known.get(node.name)
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        return Shape({})
    below = _shape(node.node, known)
    if below is None:
        return None
    step = node.attr if isinstance(node, nodes.Getattr) else key_of(node.arg)
    if isinstance(step, str):
        return below.member(step)
    # By a number, or by a name whose value only data tells: an item, or a member of any name.
    return below.item() if isinstance(step, int) else Shape(below.root)


def _items(node: nodes.Node, known: Mapping[str, Shape]) -> Shape:
    shape = _shape(node, known)
    return shape.item() if shape else Shape({})


def _target(node: nodes.For) -> str:
    return str(getattr(node.target, "name", ""))


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        key = key_of(node.arg)
        return f"{_written(node.node)}[{'…' if key is None else repr(key)}]"
    return str(getattr(node, "name", "…"))
