"""What authors may write: the nodes of Jinja's syntax tree that are allowed, each with its own rule.

Whatever is not in the table is refused; so what a later Jinja adds is refused too.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from chalicelib.domain.ids import TEMPLATE_KEY
from chalicelib.rendering import limits
from chalicelib.rendering.arguments import argument_fault
from chalicelib.rendering.refusal import RefusalError

LOOP: Final = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"})
"""What a loop tells of itself."""
_JINJAS_OWN: Final = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")
_SAID: Final = {
    nodes.Call: "calls",
    nodes.Concat: "`~`; put the values next to each other instead",
    nodes.Pow: "`**`",
    nodes.Slice: "slices",
    nodes.Dict: "dictionaries",
    nodes.Assign: "`set`",
    nodes.AssignBlock: "`set`",
    nodes.CallBlock: "`call`",
    nodes.FilterBlock: "`filter` blocks",
    nodes.ScopedEvalContextModifier: "`autoescape`",
    nodes.FromImport: "`import`",
}
"""What authors call it; for the rest the node's name is what they wrote."""

Rule = Callable[[nodes.Node, Environment], str | None]
"""Tells what is wrong with a node, None if nothing."""


def parse(source: str, environment: Environment, *, written: bool = False) -> nodes.Template:
    """Return the syntax tree of a source in which everything is allowed, with positions for line numbers. What an
    author has `written` may include partials, and may not use the filters that are put in where values stand in HTML.

    Raises
    ------
    RefusalError
        `syntax_error`, `forbidden_syntax`, `forbidden_character`, `too_deep`, `too_large`.
    """
    if len(source) > limits.SOURCE:
        raise RefusalError("too_large", f"A source may have {limits.SOURCE} characters at most", limits.SOURCE)
    if control := _CONTROLS.search(source):
        raise _forbidden(control, control.start())
    tree = _tree(source, environment)
    _check(tree, environment, written=written)
    return tree


def size(node: nodes.Node) -> int:
    """Return the number of nodes below a node, itself included."""
    return 1 + sum(size(child) for child in node.iter_child_nodes())


def _forbidden(control: re.Match[str], at: int) -> RefusalError:
    detail = f"The character U+{ord(control[0]):04X} may not be written here"
    return RefusalError("forbidden_character", detail, at)


def _tree(source: str, environment: Environment) -> nodes.Template:
    parser = None
    try:
        parser = Parser(environment, source)
        return parser.parse()
    except TemplateSyntaxError as error:
        raise RefusalError("syntax_error", _sentence(error.message), _index(error.lineno, source)) from None
    except RecursionError:
        at = parser.stream.current.lineno if parser else 1
        raise RefusalError("too_deep", "This is nested too deep", _index(at, source)) from None


def _index(position: int, source: str) -> int:
    return max(0, min(position - 1, len(source)))


def _sentence(message: str | None) -> str:
    # Some of them say how far into the source it is, which the fault does better.
    text = re.sub(r" at \d+\Z", "", message or "this cannot be read")
    return text[:1].upper() + text[1:]


def _check(tree: nodes.Template, environment: Environment, *, written: bool) -> None:
    loops = at = 0
    for count, (node, depth, loop) in enumerate(_walk(tree), 1):
        loops += isinstance(node, nodes.For)
        # What is compared with has no place of its own: it stands behind the last one that has.
        line: int | None = node.lineno
        at = at if line is None else line - 1
        if count > limits.NODES or loops > limits.LOOPS:
            detail = f"A source may have {limits.LOOPS} loops and {limits.NODES} nodes of syntax at most"
            raise RefusalError("too_large", detail, at)
        if depth > limits.DEPTH:
            raise RefusalError("too_deep", "This is nested too deep", at)
        fault = _fault_of(node, environment, loop=loop, written=written)
        if fault:
            raise RefusalError("forbidden_syntax", fault, at)
        # `'\x00'` shows in no source.
        if isinstance(node, nodes.Const) and (control := _CONTROLS.search(str(node.value))):
            raise _forbidden(control, at)


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int, bool]]:
    """Yield each node in the order of the source with its depth and whether a loop goes on around it. It does not
    recurse, for a chain of filters is as deep as it is long.
    """
    waiting: list[tuple[nodes.Node, int, bool]] = [(tree, 0, False)]
    while waiting:
        node, depth, loop = waiting.pop()
        yield node, depth, loop
        inside = loop or isinstance(node, nodes.For)
        waiting += [(child, depth + 1, inside) for child in reversed(list(node.iter_child_nodes()))]


def _fault_of(node: nodes.Node, environment: Environment, *, loop: bool, written: bool) -> str | None:
    if written and isinstance(node, nodes.Include):
        return _include(node)
    if written and isinstance(node, nodes.Filter) and node.name in _PUT_IN:
        return f"There is no filter `{node.name}`"
    rule = _RULES.get(type(node))
    if rule is None:
        return f"Templates have no {_SAID.get(type(node), f'`{type(node).__name__.lower()}`')}"
    if loop and isinstance(node, nodes.For):
        return "A loop may not stand inside another"
    if not loop and isinstance(node, nodes.Name) and node.name == "loop":
        return "`loop` is known inside loops only"
    # What was saved before arguments were checked is filled as it was: the wrong one may be where nobody comes to.
    return rule(node, environment) or (argument_fault(node, environment) if written else None)


def _allowed(_node: nodes.Node, _environment: Environment) -> None:
    return None


def _name(node: nodes.Node, _environment: Environment) -> str | None:
    name = getattr(node, "name", "")
    if name in _JINJAS_OWN or name.startswith("__"):
        return f"`{name}` is no name of data"
    return "`loop` is no name of data" if name == "loop" and getattr(node, "ctx", "") == "store" else None


def _attribute(node: nodes.Node, _environment: Environment) -> str | None:
    if not isinstance(node, nodes.Getattr):
        return None
    if isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr not in LOOP:
        return f"A loop has no `{node.attr}`"
    return f"`{node.attr}` is no name of data" if node.attr.startswith("__") else None


def _item(node: nodes.Node, _environment: Environment) -> str | None:
    if not isinstance(node, nodes.Getitem):
        return None
    if isinstance(node.node, nodes.Name) and node.node.name == "loop":
        return "`loop` takes a dot and a name"
    key = key_of(node.arg)
    if key is not None:
        return f"`{key}` is no name of data" if isinstance(key, str) and key.startswith("__") else None
    return None if is_path(node.arg) else "Only names and numbers stand in brackets"


def _constant(node: nodes.Node, _environment: Environment) -> str | None:
    value = getattr(node, "value", None)
    too_large = isinstance(value, int | float) and not abs(value) <= limits.NUMBER
    return "This number is too large" if too_large else None


def _filter(node: nodes.Node, environment: Environment) -> str | None:
    if not isinstance(node, nodes.Filter) or node.name not in environment.filters or node.name in _INTERNAL:
        return f"There is no filter `{getattr(node, 'name', '')}`"
    return _arguments(node)


def _test(node: nodes.Node, environment: Environment) -> str | None:
    if not isinstance(node, nodes.Test) or node.name not in environment.tests or node.name in _INTERNAL:
        return f"There is no test `{getattr(node, 'name', '')}`"
    return _arguments(node)


def _arguments(node: nodes.Filter | nodes.Test) -> str | None:
    if node.dyn_args or node.dyn_kwargs:
        return "Arguments may not be unpacked with `*`"
    # Python refuses to compile an argument that is named twice, perhaps in other letters, or `__debug__`.
    names = [str(each.key) for each in node.kwargs]
    wrong = [name for name in names if names.count(name) > 1 or name.startswith("__") or not name.isascii()]
    return f"The argument `{wrong[0]}` may not stand here" if wrong else None


def _if(node: nodes.Node, _environment: Environment) -> str | None:
    branches = len(node.elif_) if isinstance(node, nodes.If) else 0
    return f"An `if` may have {limits.BRANCHES} branches at most" if branches > limits.BRANCHES else None


def _for(node: nodes.Node, _environment: Environment) -> str | None:
    if not isinstance(node, nodes.For) or node.recursive:
        return "A loop may not be recursive"
    if not isinstance(node.target, nodes.Name):
        return "A loop takes one name before `in`"
    return None if is_path(node.iter) else "A loop takes a name of data after `in`, such as `order.items`"


def _include(node: nodes.Include) -> str | None:
    key = node.template.value if isinstance(node.template, nodes.Const) else None
    if not isinstance(key, str) or not re.fullmatch(TEMPLATE_KEY, key):
        return "`include` takes the key of a partial in quotation marks"
    plain = node.with_context and not node.ignore_missing
    return None if plain else "`include` takes nothing but the key of a partial"


def key_of(node: nodes.Node) -> str | int | None:
    """Return the key or index that is written in brackets, None where something else stands there."""
    inner = node.node if isinstance(node, nodes.Neg) else node
    value = inner.value if isinstance(inner, nodes.Const) else None
    if type(value) is int:
        return value if inner is node else -value
    return value if isinstance(value, str) and inner is node else None


def is_path(node: nodes.Node) -> bool:
    """Tell whether a node is a name, or names and keys below one (`order.lines[0]`)."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return isinstance(node, nodes.Name)


EACH: Final = "for each"
"""The filter that every loop's list goes through; with a space in its name nobody can write it."""
COMPARED: Final = "compared with"
"""The test that every comparison goes through."""
_INTERNAL: Final = frozenset({EACH, COMPARED})
_PUT_IN: Final = frozenset({"link", "style", "plain"})
"""Filters of what is made ready (inline.py)."""
_RULES: Final[dict[type[nodes.Node], Rule]] = {
    nodes.Template: _allowed,
    nodes.Output: _allowed,
    nodes.TemplateData: _allowed,
    nodes.If: _if,
    nodes.For: _for,
    nodes.Name: _name,
    nodes.Const: _constant,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Keyword: _allowed,
    nodes.CondExpr: _allowed,
    nodes.Compare: _allowed,
    nodes.Operand: _allowed,
    nodes.List: _allowed,
    nodes.Tuple: _allowed,
    nodes.And: _allowed,
    nodes.Or: _allowed,
    nodes.Not: _allowed,
    nodes.Neg: _allowed,
    nodes.Pos: _allowed,
    nodes.Add: _allowed,
    nodes.Sub: _allowed,
    nodes.Mul: _allowed,
    nodes.Div: _allowed,
    nodes.FloorDiv: _allowed,
    nodes.Mod: _allowed,
}
