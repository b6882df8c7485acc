"""Options that several commands share, and how they read them."""

from typing import Annotated

import typer

from infra.cli.booting import Options
from infra.cli.errors import CommandError
from infra.cli.names import command_for
from infra.cli.stack import LocalStack
from infra.local.ministack import DEFAULT_PORT

Name = Annotated[str, typer.Option(envvar="HERALD_NAME", help="Which local stack: several run side by side, by name.")]
Port = Annotated[
    int | None,
    typer.Option(
        envvar="HERALD_PORT",
        help=f"MiniStack's port; 0: any that is free. Otherwise the one it has, or {DEFAULT_PORT}.",
        show_default=False,
    ),
]
Tenant = Annotated[str, typer.Option(help="The tenant to act in.")]


def start_options(stack: LocalStack, port: int | None) -> Options:
    """Return how to start a stack at the port that was asked for, or where it is."""
    if port is None:
        port = stack.ministack.port if stack.is_up else DEFAULT_PORT
    return Options(port=port or None)


def running_stack(name: str) -> LocalStack:
    """Return a stack that runs; CommandError when it does not."""
    stack = LocalStack.named(name)
    if not stack.is_up:
        raise CommandError(f"The stack {name!r} does not run. `{command_for(name, 'up')}` starts it.")
    return stack
