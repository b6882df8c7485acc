"""`herald policies`: how a tenant escalates, and who is on duty."""

import typer

from infra.cli.console import console
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, Tenant, running_stack
from infra.cli.policies import print_policies, print_rotas

commands = typer.Typer()

POLICIES = "/api/v1/admin/escalation-policies"
ROTAS = "/api/v1/admin/on-call-rotas"


@commands.command()
def policies(*, tenant: Tenant = "acme", name: Name = DEFAULT_NAME) -> None:
    """List the escalation policies and on-call rotas of a tenant."""
    api = running_stack(name).as_service("operations", tenant)
    print_policies(api.get(POLICIES)["items"])
    rotas = api.get(ROTAS)["items"]
    if rotas:
        print_rotas(rotas)
    else:
        console.print(f"{tenant} has no on-call rotas.")
