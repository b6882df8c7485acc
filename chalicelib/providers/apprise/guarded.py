"""Plugins whose server a tenant names: they make their requests by the tenant's guard, not by themselves.

A plugin knows `requests` by that name in its module, and nothing else of the network. Such plugins are therefore taken
from a copy of their module, in which that name stands for what is below; Apprise's own modules stay as they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard

if TYPE_CHECKING:
    from requests import Response

_in_force: ContextVar[HostGuard] = ContextVar("guard", default=PUBLIC_ONLY)


@contextmanager
def guarded_by(guard: HostGuard) -> Iterator[None]:
    """Have the plugins that this thread calls inside connect by a guard; without one they reach public hosts only."""
    token = _in_force.set(guard)
    try:
        yield
    finally:
        _in_force.reset(token)


@cache
def guarded_module(name: str) -> ModuleType:
    """Return a copy of a plugin's module (`apprise.plugins.gotify`) that makes its requests by the guard in force."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["requests"] = _Requests("requests")
    return module


class _Requests(ModuleType):
    """`requests` as plugins use it."""

    def __getattr__(self, name: str) -> Any:
        import requests

        if name in _FUNCTIONS:
            return lambda url, **options: _request(name.upper(), url, **options)
        return getattr(requests, name)


_FUNCTIONS = frozenset({"delete", "get", "head", "patch", "post", "put"})


def _request(method: str, url: str, **options: Any) -> "Response":
    with _in_force.get().session() as session:
        return session.request(method, url, **options)
