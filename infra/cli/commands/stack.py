"""`herald up`, `down`, `status`: the life of a local stack."""

import dataclasses
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from infra.cli.api import Api
from infra.cli.console import console, headline, print_pairs, shown
from infra.cli.names import DEFAULT_NAME, command_for
from infra.cli.options import Name, Port, running_stack, start_options
from infra.cli.stack import STACKS, LocalStack

commands = typer.Typer()

_FIRST_SEND: Final = "send --to ann --channel email --channel in_app --subject Hello --body 'It works.'"


@commands.command()
def up(name: Name = DEFAULT_NAME, port: Port = None) -> None:
    """Start the local stack, deploy the code to it, fill it with sample data."""
    stack = LocalStack.named(name)
    headline(f"Starting Herald on this machine ({name})")
    stack.start(start_options(stack, port), shown)
    print_urls(stack)
    headline("Next")
    for command in (_FIRST_SEND, "tail", "down"):
        console.print(f"  {command_for(name, command)}", soft_wrap=True)


@commands.command()
def down(
    *,
    name: Name = DEFAULT_NAME,
    every: Annotated[bool, typer.Option("--all", help="Stop the stacks of all names.")] = False,
) -> None:
    """Stop everything that `up` and `demo` started."""
    folders = sorted(STACKS.glob("*/")) if every else [STACKS / name]
    for folder in folders:
        stopped = LocalStack(folder).stop()
        console.print(f"{folder.name}: {'stopped ' + ' and '.join(stopped) if stopped else 'nothing was running'}.")


@commands.command()
def status(name: Name = DEFAULT_NAME) -> None:
    """Show what runs, where, how it is, and what the deployment put out."""
    stack = running_stack(name)
    health = Api(stack.outputs.api_url).call("GET", "/health/ready")
    headline(f"Parts of {name}")
    parts = {
        "MiniStack": Text("runs", "green"),
        "Vendor sandbox": Text("runs", "green") if stack.sandbox.is_healthy() else Text("does not answer", "red"),
        "API": Text("ready", "green") if health.status == HTTPStatus.OK else Text(str(health.body), "red"),
    }
    print_pairs(parts)
    print_urls(stack)
    headline("Stack outputs")
    print_pairs(dict(flattened(dataclasses.asdict(stack.outputs))))
    headline("Sample users and services")
    ids = {user: f"{known.tenant or 'platform'}/{known.id}" for user, known in stack.samples.users.items()}
    print_pairs(ids | stack.samples.services)


def flattened(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of a tree of dictionaries, each with its path."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name, str(value)


def print_urls(stack: LocalStack) -> None:
    """Show where to look."""
    urls = stack.urls
    headline("Where to look")
    rows = {
        "API": urls.api,
        "Documentation": urls.docs,
        "Health": urls.health,
        "Vendors": urls.vendors,
        "Mail": urls.mails,
        "AWS": stack.ministack.url,
    }
    print_pairs(rows)
