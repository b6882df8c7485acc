"""`herald templates`: a tenant's templates as files under version control."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from infra.cli import template_sync
from infra.cli.api import Api
from infra.cli.errors import CommandError
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, Tenant, running_stack

commands = typer.Typer()
templates = typer.Typer(no_args_is_help=True, help="Keep a tenant's templates as files: push, pull, diff.")
commands.add_typer(templates, name="templates")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the files.", show_default=False)]
Address = Annotated[
    str | None,
    typer.Option("--api", envvar="HERALD_API", help="The API of a deployed stack; otherwise the local one's."),
]
Token = Annotated[
    str | None, typer.Option(envvar="HERALD_TOKEN", help="A token for --api, of a manager or a service that may.")
]


@templates.command()
def push(
    folder: Folder,
    *,
    publish: Annotated[bool, typer.Option("--publish", help="Publish the latest version of each.")] = False,
    tenant: Tenant = "acme",
    name: Name = DEFAULT_NAME,
    api: Address = None,
    token: Token = None,
) -> None:
    """Bring the files to the tenant: what differs becomes a new version, a draft."""
    for done in template_sync.push(_api(name, tenant, api, token), folder, publish=publish):
        typer.echo(f"{done.what}: {done.became}")


@templates.command()
def pull(
    folder: Folder,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
    tenant: Tenant = "acme",
    name: Name = DEFAULT_NAME,
    api: Address = None,
    token: Token = None,
) -> None:
    """Write the latest versions of the tenant's templates into files."""
    done = template_sync.pull(_api(name, tenant, api, token), folder, force=force)
    counts = Counter((each.what.partition("/")[0], each.became) for each in done)
    for (template, became), files in counts.items():
        typer.echo(f"{template}: {files} {became}")
    if not counts:
        typer.echo("Nothing to write.")


@templates.command()
def diff(
    folder: Folder, *, tenant: Tenant = "acme", name: Name = DEFAULT_NAME, api: Address = None, token: Token = None
) -> None:
    """Print how the files differ from what the tenant has; exit with 1 when they do."""
    differs = False
    for line in template_sync.compare(_api(name, tenant, api, token), folder):
        differs = True
        typer.echo(line)
    if differs:
        raise typer.Exit(1)


def _api(name: str, tenant: str, address: str | None, token: str | None) -> Api:
    if address is None:
        return running_stack(name).as_service("operations", tenant)
    if token is None:
        raise CommandError("--api needs a --token.")
    return Api(address, token, tenant)
