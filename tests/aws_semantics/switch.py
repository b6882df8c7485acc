"""Switches the semantics on: reads `HERALD_SEMANTICS` and attaches the hooks to botocore's sessions.

The variable holds a seed, and after a colon what is wanted: `7` is every semantic as strong as its module says,
`7:duplicates,index_lag=2` only these two, `7:all,duplicates=1,throttling=0` everything but for these changes.
A semantic is a module in `hooks/`, found by its file name, with an amount `DEFAULT` and a class `Hook`.
"""

import os
import pkgutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

import botocore
from botocore.session import Session

from tests.aws_semantics.dice import Dice
from tests.aws_semantics.events import Events
from tests.aws_semantics.record import Record
from tests.aws_semantics.setting import Setting

VARIABLE: Final = "HERALD_SEMANTICS"
RECORD_VARIABLE: Final = "HERALD_SEMANTICS_RECORD"
PRELOAD: Final = Path(__file__).parent / "preload"
_HOOKS: Final = Path(__file__).parent / "hooks"
_ALL: Final = "all"


class Hook(Protocol):
    """A semantic at work; made once in a process, so it may count across sessions."""

    def attach(self, events: Events) -> None:
        """Listen to the events of a session."""


class HookModule(Protocol):
    """A module in `hooks/`. `DEFAULT` is the amount when none is given; 0: only on demand."""

    DEFAULT: float

    def Hook(self, setting: Setting) -> Hook:  # noqa: N802 (it is the module's class)
        """Return the semantic, as strong as `setting` says."""


def environment(semantics: str, record: Path) -> dict[str, str]:
    """Return what to add to a process's environment so that it, and what it starts, shows the semantics."""
    return {VARIABLE: semantics, RECORD_VARIABLE: str(record.absolute()), "PYTHONPATH": str(PRELOAD)}


@contextmanager
def semantics(text: str) -> Iterator[Record]:
    """Hook the sessions made inside the block in this process; yield the record of what the hooks do."""
    record = Record()
    hooks = make_hooks(text, record)

    def hook(session: Session) -> None:
        attach(hooks, session)

    botocore.register_initializer(hook)
    try:
        yield record
    finally:
        botocore.unregister_initializer(hook)


def attach(hooks: Sequence[Hook], session: Session) -> None:
    """Attach hooks to a session, and so to every client made of it from now on."""
    events: Events = session.get_component("event_emitter")
    events.register_first("provide-client-params", _copy)
    for hook in hooks:
        hook.attach(events)


def _copy(params: Any, **_: Any) -> Any:
    # Hooks may replace what is in a request, at `before-parameter-build`, and the caller's own stays as it is.
    return {**params}


@cache
def hooks_of_process() -> list[Hook]:
    """Return the hooks that the environment asks for."""
    path = os.environ.get(RECORD_VARIABLE)
    return make_hooks(os.environ[VARIABLE], Record(Path(path) if path else None))


def make_hooks(text: str, record: Record) -> list[Hook]:
    """Return the hooks that a value of HERALD_SEMANTICS asks for; they tell `record` what they do."""
    seed, amounts = parse(text)
    modules = find_hooks()
    return [modules[name].Hook(Setting(name, amount, Dice(seed, name), record)) for name, amount in amounts.items()]


def parse(text: str) -> tuple[str, dict[str, float]]:
    """Return the seed, and the amount of each semantic that is on.

    Raises
    ------
    ValueError
        There is no such semantic, or it needs an amount that is not given.
    """
    seed, _, wanted = text.partition(":")
    amounts: dict[str, float] = {}
    for name, _, amount in (part.strip().partition("=") for part in (wanted or _ALL).split(",")):
        if name == _ALL:
            amounts |= {known: module.DEFAULT for known, module in find_hooks().items()}
        elif name not in find_hooks():
            raise ValueError(f"there is no semantic {name!r}, but {', '.join(find_hooks())}")
        elif not amount and not find_hooks()[name].DEFAULT:
            raise ValueError(f"{name} needs an amount")
        else:
            amounts[name] = float(amount) if amount else find_hooks()[name].DEFAULT
    return seed, {name: amount for name, amount in amounts.items() if amount}


@cache
def find_hooks() -> dict[str, HookModule]:
    """Return the modules in `hooks/` by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(_HOOKS)]))
    return {name: cast("HookModule", import_module(f"tests.aws_semantics.hooks.{name}")) for name in names}
