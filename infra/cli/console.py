"""What a person sees: calm lines, one per step, the time it took at the end."""

import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

_PIPED_WIDTH = 120
console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH)
stderr = Console(stderr=True, highlight=False)

_TITLE = 16
_DETAIL = 58


@dataclass
class Note:
    """What a step wants to say of itself when it is done."""

    text: str = ""


Step = Callable[[str], AbstractContextManager[Note]]
"""Shows that something is being done, from entering to leaving."""


@contextmanager
def shown(title: str) -> Iterator[Note]:
    """Show a step while it runs, and afterwards that it is done, what it says of itself and how long it took."""
    started = time.monotonic()
    note = Note()
    try:
        with console.status(f"[dim]{title} …[/]", spinner="dots"):
            yield note
    except BaseException:
        console.print(f"  [red]✗[/] {title}")
        raise
    seconds = time.monotonic() - started
    line = Text.assemble(
        "  ", ("✓ ", "green"), title.ljust(_TITLE), note.text.ljust(_DETAIL), (f"{seconds:6.1f} s", "dim")
    )
    console.print(line, soft_wrap=True)


def silent(_title: str) -> AbstractContextManager[Note]:
    """Show nothing."""
    return nullcontext(Note())


def headline(text: str) -> None:
    """Print the beginning of a part."""
    console.print()
    console.print(Text(text, "bold"))


def table(*columns: str, right: Collection[str] = (), flexible: Collection[str] = ()) -> Table:
    """Return an empty table in our looks; columns in `right` hold numbers, those in `flexible` `cut` texts.

    Where a line is too short for the table, the flexible columns give way.
    """
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for column in columns:
        justify: JustifyMethod = "right" if column in right else "left"
        made.add_column(column, justify=justify, no_wrap=column not in flexible)
    return made


def cut(text: str, style: str = "") -> Text:
    """Return a text that is cut off where its column ends."""
    return Text(text, style, no_wrap=True, overflow="ellipsis")


def indented(renderable: Table) -> Table:
    """Return a table moved in by two columns, to stand below a headline."""
    grid = Table.grid(padding=0)
    grid.add_column(width=2)
    grid.add_column()
    grid.add_row("", renderable)
    return grid


def print_pairs(rows: Mapping[str, str | Text]) -> None:
    """Print names and values, below a headline. Values are never cut: addresses are there to be clicked."""
    width = max(len(name) for name in rows)
    for name, value in rows.items():
        console.print(Text.assemble("  ", (name.ljust(width), "dim"), "   ", value), soft_wrap=True)
