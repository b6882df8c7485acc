"""`herald seed`: the sample data of a local stack."""

import typer
from rich.text import Text

from infra.cli.console import console, headline, indented, table
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, running_stack
from infra.cli.seeding import Outcome, summary

commands = typer.Typer()

_STYLES = {Outcome.CREATED: "green", Outcome.UPDATED: "yellow", Outcome.SKIPPED: "dim"}


@commands.command()
def seed(name: Name = DEFAULT_NAME) -> None:
    """Create what is missing of the sample data: users, services, tenants, providers, recipients."""
    stack = running_stack(name)
    with console.status("[dim]seeding …[/]"):
        seeded = stack.seed()
    rows = table("what", "name", "")
    for piece in seeded:
        rows.add_row(piece.kind, piece.name, Text(piece.outcome, _STYLES[piece.outcome]))
    headline("Sample data")
    console.print(indented(rows))
    console.print()
    console.print(summary(seeded))
