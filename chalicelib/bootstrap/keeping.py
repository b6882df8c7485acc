"""What keeps everything going behind the scenes: events, timers, the sweeper."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import queues, table
from chalicelib.bootstrap.known import event_tenants, known_providers, known_tenants
from chalicelib.bootstrap.sending import executions
from chalicelib.bootstrap.stored import circuits, requests, states
from chalicelib.domain.ids import TenantId
from chalicelib.domain.tenant import EventMode
from chalicelib.settings import settings
from chalicelib.tenancy import tenant_scope

if TYPE_CHECKING:
    from chalicelib.services.drain import Drain
    from chalicelib.services.project import Project
    from chalicelib.services.sweep import Sweep
    from chalicelib.services.sweep_timers import SweepTimers


@cache
def project() -> "Project":
    """Return the use case that emits domain events."""
    from chalicelib.aws.bus import AwsBus
    from chalicelib.services.project import Project

    return Project(bus=AwsBus(settings().bus), mode_of=_event_mode)


def _event_mode(tenant: TenantId) -> EventMode:
    with tenant_scope(tenant):
        found = event_tenants().get(tenant)
    return found.settings.event_mode if found else EventMode.PACKED


@cache
def drain() -> "Drain":
    """Return the use case that wakes what has come due."""
    from chalicelib.services.drain import Drain
    from chalicelib.store.due import DueRows

    return Drain(DueRows(table()), queues())


@cache
def sweep_timers() -> "SweepTimers":
    """Return the use case that starts stuck buckets of timers anew."""
    from chalicelib.services.sweep_timers import SweepTimers
    from chalicelib.store.due import DueRows
    from chalicelib.store.sweep import SweepRows

    return SweepTimers(
        dues=DueRows(table()),
        executions=executions(),
        cursors=SweepRows(table()),
        width=settings().timer_width * 1_000,
        grace=int(settings().timer_grace * 1_000),
    )


@cache
def sweep() -> "Sweep":
    """Return the use case that nudges what is stuck."""
    from chalicelib.services.sweep import Sweep
    from chalicelib.store.sweep import SweepRows

    return Sweep(
        requests=requests(),
        states=states(),
        cursors=SweepRows(table()),
        tenants=known_tenants(),
        providers=known_providers(),
        circuits=circuits(),
        queues=queues(),
        grace=int(settings().sweep_grace * 1_000),
    )
