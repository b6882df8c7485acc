"""The arguments of filters and tests: what is wrong with them is told in authors' words, when a template is saved."""

from collections.abc import Callable
from functools import cache
from inspect import Parameter, signature
from typing import Any

from jinja2 import Environment, nodes


def argument_fault(node: nodes.Node, environment: Environment) -> str | None:
    """Tell which argument of a filter or test, one that there is, is missing or not known; None if none."""
    if not isinstance(node, nodes.Filter | nodes.Test):
        return None
    is_filter = isinstance(node, nodes.Filter)
    known = _parameters((environment.filters if is_filter else environment.tests)[node.name])
    called = f"The {'filter' if is_filter else 'test'} `{node.name}`"
    if len(node.args) > len(known):
        return f"{called} takes {_counted(len(known))}"
    given, named = list(known)[: len(node.args)], [str(each.key) for each in node.kwargs]
    for name in named:
        if name not in known:
            return f"{called} has no argument `{name}`"
        if name in given:
            return f"{called} is given `{name}` twice"
    missing = [name for name, needed in known.items() if needed and name not in (*given, *named)]
    return f"{called} needs the argument `{missing[0]}`" if missing else None


def _counted(most: int) -> str:
    if most == 0:
        return "no arguments"
    return f"{most} argument{'s' if most > 1 else ''} at most"


@cache
def _parameters(function: Callable[..., Any]) -> dict[str, bool]:
    """Return what a filter takes beside the value and, before that, the context; with whether it has to be given."""
    own = 2 if hasattr(function, "jinja_pass_arg") else 1
    taken = list(signature(function).parameters.values())[own:]
    return {each.name: each.default is Parameter.empty for each in taken}
