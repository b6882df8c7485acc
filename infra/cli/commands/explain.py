"""`herald explain`: why somebody did, or did not, get a notification."""

from typing import Annotated, Any

import typer

from infra.cli.explanations import print_explanation
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, Tenant, running_stack

commands = typer.Typer()

EXPLAIN = "/api/v1/services/notifications/{id}/explain"


@commands.command()
def explain(
    id: Annotated[str, typer.Argument(help="A notification's id.", show_default=False)],
    *,
    tenant: Tenant = "acme",
    name: Name = DEFAULT_NAME,
) -> None:
    """Say why somebody did, or did not, get a notification."""
    told: dict[str, Any] = running_stack(name).as_service("operations", tenant).get(EXPLAIN.format(id=id))
    print_explanation(told)
