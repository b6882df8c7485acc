"""The sandbox: Jinja's own, closed further. Values of JSON in, text out; no attribute of any object is ever read.

The tree of a source is checked before it is compiled (grammar.py), so most of what is refused here cannot be written.
It is refused all the same: either alone has to hold.
"""

from functools import cache
from typing import Any, Final, NoReturn

from jinja2 import StrictUndefined, Template, TemplateRuntimeError, nodes
from jinja2.exceptions import SecurityError
from jinja2.lexer import Lexer
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from chalicelib.rendering.conditions import TESTS
from chalicelib.rendering.filters import FILTERS
from chalicelib.rendering.grammar import COMPARED, EACH, LOOP, parse, size
from chalicelib.rendering.positions import PositionLexer
from chalicelib.rendering.run import kind_of, need
from chalicelib.rendering.values import number_of, printed

_JINJAS_TESTS: Final = ("boolean", "defined", "false", "float", "integer", "none", "string", "true", "undefined")
"""Those that look at the kind of a value only."""
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "//", "%"})


class Sandbox(SandboxedEnvironment):
    """Compiles and runs templates of one kind: HTML, where values are escaped, or text."""

    intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    def __init__(self, *, html: bool, one_line: bool = False) -> None:
        finalize = _in_one_line if one_line else printed
        super().__init__(
            autoescape=html, undefined=StrictUndefined, finalize=finalize, keep_trailing_newline=True, cache_size=0
        )
        self._positions = PositionLexer(self)
        self.globals = {}
        self.filters = dict(FILTERS)
        self.tests = {name: self.tests[name] for name in _JINJAS_TESTS} | TESTS

    @property
    def lexer(self) -> Lexer:
        """The lexer, which tells positions."""
        return self._positions

    def compiled(self, source: str) -> Template:
        """Return a source as code; RefusalError when something in it is not allowed."""
        tree = _Counted().visit(parse(source, self))
        code = self.compile(tree, filename=SOURCE_NAME)
        return self.template_class.from_code(self, code, self.globals)

    def context(self, names: dict[str, Any]) -> Context:
        """Return what code runs on: it knows `names` and nothing else."""
        return self.context_class(self, names, None, {})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what an object of JSON has under a key."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(f"there is no {attribute!r} here")
        if type(obj) is LoopContext and attribute in LOOP:
            return getattr(obj, attribute)
        raise TemplateRuntimeError(f"{kind_of(need(obj))} has no {attribute!r}")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return what an object has under a key, or what stands in a list at an index."""
        if type(obj) is dict and isinstance(argument, str):
            return obj[str(argument)] if argument in obj else self.undefined(f"there is no {argument[:64]!r} here")
        if type(obj) is list and type(argument) is int:
            inside = -len(obj) <= argument < len(obj)
            return obj[argument] if inside else self.undefined(f"there is no item {argument} here")
        raise TemplateRuntimeError(f"{kind_of(need(obj))} has no {str(need(argument))[:64]!r}")

    def call_binop(self, _context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what numbers come to."""
        if operator not in _ARITHMETIC:
            raise SecurityError(f"templates have no operator {operator}")
        return number_of(self.binop_table[operator](number_of(left), number_of(right)))

    def call(self, *_arguments: Any, **_named: Any) -> NoReturn:
        """Refuse: nothing can be called."""
        raise SecurityError("templates have no calls")

    def is_safe_attribute(self, _obj: Any, _attr: str, _value: Any) -> bool:
        """Tell that no attribute may be read."""
        return False

    def is_safe_callable(self, _obj: Any) -> bool:
        """Tell that nothing may be called."""
        return False


class _Counted(NodeTransformer):
    """Has what is looped over and compared go through a filter and a test of our own, which count."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (Jinja's name)
        """Change the list of a loop."""
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, EACH, [nodes.Const(size(node))], [], None, None, lineno=node.iter.lineno)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 (Jinja's name)
        """Change `a < b`."""
        self.generic_visit(node)
        steps = [each for step in node.ops for each in (nodes.Const(step.op, lineno=node.lineno), step.expr)]
        return nodes.Test(node.expr, COMPARED, steps, [], None, None, lineno=node.lineno)


SOURCE_NAME: Final = "<template>"
"""The file that compiled code claims to be from."""


def _in_one_line(value: Any) -> Any:
    text = printed(value)
    return " ".join(text.split()) if isinstance(text, str) else text


@cache
def sandbox(*, html: bool, one_line: bool = False) -> Sandbox:
    """Return the sandbox of a kind of sources. In those `one_line` each value is printed without line breaks."""
    return Sandbox(html=html, one_line=one_line)
