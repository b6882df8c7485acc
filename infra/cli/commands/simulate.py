"""`herald simulate`: what a send would come to, without sending."""

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.commands.send import read_send
from infra.cli.explanations import print_simulation
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, Tenant, running_stack

commands = typer.Typer()

SIMULATE = "/api/v1/services/notifications/simulate"


@commands.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="JSON of a send; - reads it from standard input.", show_default=False)],
    *,
    tenant: Tenant = "acme",
    name: Name = DEFAULT_NAME,
) -> None:
    """Say what a send would come to: who would get it, when, by whom, at what price, or why not."""
    wanted = read_send(file)
    print_simulation(running_stack(name).as_service("operations", tenant).post(SIMULATE, wanted))
