"""`herald providers`: through whom a tenant sends, and whether that works."""

from typing import Annotated, Final

import typer

from infra.cli.errors import CommandError
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, Tenant, running_stack
from infra.cli.providers import ACCEPTED, print_providers, print_test

PROVIDERS: Final = "/api/v1/admin/providers"

group = typer.Typer(no_args_is_help=True)
commands = typer.Typer()
commands.add_typer(group, name="providers", help="See through whom a tenant sends, and try it out.")

Id = Annotated[str, typer.Argument(help="A provider's id.", show_default=False)]
To = Annotated[
    str | None,
    typer.Option(
        help="Where a test message goes, if the vendor has no call that costs nothing: an e-mail address, a number, a "
        "device token or a chat target.",
        show_default=False,
    ),
]


@group.command("list")
def list_providers(*, tenant: Tenant = "acme", name: Name = DEFAULT_NAME) -> None:
    """List the providers of a tenant, in the order in which they are tried."""
    providers = running_stack(name).as_service("operations", tenant).get(PROVIDERS)["items"]
    if not providers:
        raise CommandError(f"{tenant} has no providers.")
    print_providers(providers)


@group.command("test")
def try_provider(id: Id, *, to: To = None, tenant: Tenant = "acme", name: Name = DEFAULT_NAME) -> None:
    """Try a provider out: the vendor is asked something that costs nothing, or sent a message marked as a test.

    Ends with 1 when the vendor did not take it.
    """
    api = running_stack(name).as_service("operations", tenant)
    tried = api.post(f"{PROVIDERS}/{id}/test", {"to": to} if to is not None else {})
    print_test(id, tried)
    if tried["outcome"] != ACCEPTED:
        raise typer.Exit(1)
