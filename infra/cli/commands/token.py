"""`herald token`: a bearer token on standard output, for use in other commands."""

from enum import StrEnum
from typing import Annotated

import typer

from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, running_stack

commands = typer.Typer()


class Caller(StrEnum):
    """The two kinds of callers."""

    SERVICE = "service"
    USER = "user"


@commands.command()
def token(
    kind: Annotated[Caller, typer.Argument(help="A service (client credentials) or a user (name and password).")],
    who: Annotated[
        str | None, typer.Argument(help="A sample service or user; otherwise orders, ann.", show_default=False)
    ] = None,
    name: Name = DEFAULT_NAME,
) -> None:
    """Print a token of a sample service or user, and nothing else."""
    stack = running_stack(name)
    match kind:
        case Caller.SERVICE:
            typer.echo(stack.service_token(who or "orders"))
        case Caller.USER:
            typer.echo(stack.user_token(who or "ann"))
