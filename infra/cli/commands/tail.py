"""`herald tail`: deliveries as they happen."""

import time
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final

import typer
from rich.live import Live

from infra.cli.api import Api
from infra.cli.console import console, indented
from infra.cli.deliveries import Tracked, delivery_table, find, look_all
from infra.cli.names import DEFAULT_NAME
from infra.cli.options import Name, Tenant, running_stack

commands = typer.Typer()

LISTING: Final = "/api/v1/admin/notifications"
_PAUSE: Final = 0.3


@commands.command()
def tail(
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="Notifications by id, else the tenant's latest.", show_default=False),
    ] = None,
    *,
    tenant: Tenant = "acme",
    last: Annotated[int, typer.Option("--last", "-n", min=1, max=100, help="How many of the latest.")] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C, with what comes in.")] = False,
    name: Name = DEFAULT_NAME,
) -> None:
    """Show deliveries live until all are settled."""
    api = running_stack(name).as_service("operations", tenant)
    watched = {id: find(api, id) for id in ids or ()}
    # Ctrl-C is how one stops looking.
    with suppress(KeyboardInterrupt), Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            watched = watched if ids else _latest(api, last, watched)
            look_all(api, watched.values())
            live.update(indented(delivery_table(watched.values())), refresh=True)
            if not follow and all(notification.is_settled for notification in watched.values()):
                break
            time.sleep(_PAUSE)
    if watched:
        console.print(indented(delivery_table(watched.values())))
    else:
        console.print(f"Nothing was sent in {tenant} in the last 24 hours.")


def _latest(api: Api, count: int, known: dict[str, Tracked]) -> dict[str, Tracked]:
    """Return the latest notifications of a tenant, oldest first, those known as they are known."""
    listed = api.get(LISTING, limit=count)["items"]
    found = {item["id"]: known.get(item["id"]) or _listed(item) for item in listed}
    return dict(sorted(found.items(), key=lambda pair: pair[1].accepted_at))


def _listed(item: dict[str, str]) -> Tracked:
    created = datetime.fromisoformat(item["createdAt"])
    return Tracked(item["id"], item.get("subject") or item.get("type") or "", created)
