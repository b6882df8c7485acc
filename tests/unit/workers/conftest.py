from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.providers.base import Timeouts
from chalicelib.services.project import Project
from chalicelib.services.send_rate import SendRates
from tests.fakes import FakeBus
from tests.timing import Timing
from tests.twin import TwinRateWindows, TwinTenants
from tests.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in memory that the workers find behind bootstrap."""
    world, bus = World(), FakeBus()
    rates = SendRates(TwinRateWindows(world.rows), TwinTenants(world.rows), world.clock, lambda: 0.0)
    wired: dict[str, Callable[..., Any]] = {
        "queues": lambda: world.queues,
        "dispatch": world.dispatch,
        "deliver": world.deliver,
        "send_rates": lambda: rates,
        "sweep": world.sweep,
        "sweep_timers": Timing().sweep,
        "tenants": lambda: TwinTenants(world.rows),
        "now": world.clock,
        "timeouts": lambda: Timeouts(connect=0.5, read=1.0),
        "project": lambda: Project(bus, lambda tenant: world.tenant.settings.event_mode),
        "bus": lambda: bus,
    }
    for name, make in wired.items():
        monkeypatch.setattr(bootstrap, name, make, raising=name != "bus")
    return world
