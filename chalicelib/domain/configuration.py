"""What holds where several may say it: the request before its tenant, the tenant before its lookups, these before the
environment.
"""

from typing import Final, TypeVar

from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel, Strategy

T = TypeVar("T")


class Level(Value, frozen=True):
    """What one of them says; None is left to the next."""

    locale: str | None = None
    time_zone: str | None = None
    strategy: Strategy | None = None
    channels: tuple[Channel, ...] | None = None


SILENT: Final = Level()
"""Says nothing."""


class Configuration(Value, frozen=True):
    """What holds. `channels` are those of a notification that names none."""

    locale: str
    time_zone: str
    strategy: Strategy
    channels: tuple[Channel, ...]


BUILT_IN: Final = Configuration(locale="en", time_zone="UTC", strategy=Strategy.BROADCAST, channels=(Channel.IN_APP,))
"""What holds where nobody says anything."""


def configure(request: Level, tenant: Level, lookup: Level, environment: Level) -> Configuration:
    """Return what holds: each value is that of the first level that says it."""
    levels = (request, tenant, lookup, environment)
    return Configuration(
        locale=_first([level.locale for level in levels], BUILT_IN.locale),
        time_zone=_first([level.time_zone for level in levels], BUILT_IN.time_zone),
        strategy=_first([level.strategy for level in levels], BUILT_IN.strategy),
        channels=_first([level.channels or None for level in levels], BUILT_IN.channels),
    )


def _first(said: list[T | None], otherwise: T) -> T:
    return next((value for value in said if value is not None), otherwise)
