"""The budgets: what each measurement may be at most, and what we aim for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from infra.state_machines import EVENT_LIMIT


class Unit(StrEnum):
    """What a measurement is counted in."""

    DOLLARS = "$"
    TIMES = "x"
    MEGABYTES = "MB"
    EACH = ""
    EVENTS = "events"


@dataclass(frozen=True)
class Budget:
    """What a measurement may be at most, and what it had better be."""

    most: float
    aim: float | None = None


API: Final = "api"
"""The name, among the functions, of the one that serves the API."""

SINGLE: Final = Budget(11, aim=9.5)
THREE_CHANNELS: Final = Budget(17, aim=14)
ESCALATION: Final = Budget(21, aim=18)
STEP_FUNCTIONS: Final = Budget(1)
TRANSITIONS: Final = Budget(0.04)
HISTORY: Final = Budget(EVENT_LIMIT - 1)
API_COLD_START: Final = Budget(2.0, aim=1.6)
WORKER_COLD_START: Final = Budget(1.8)
ACCEPT: Final = Budget(6)
RENDER: Final = Budget(2.0, aim=1.5)
PACKAGE: Final = Budget(200)


@dataclass(frozen=True)
class Result:
    """A measurement. `key` is where it stands in latest.json; without a budget it is only told."""

    key: tuple[str, ...]
    work: str
    value: float
    unit: Unit
    budget: Budget | None = None

    @property
    def is_ok(self) -> bool:
        """Whether it is within its budget."""
        return self.budget is None or self.value <= self.budget.most
