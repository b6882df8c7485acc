"""Rules of what users may choose and tenants assume of them, as faults of an input."""

from collections.abc import Collection, Iterator, Sized
from typing import Final

from chalicelib.domain.allowance import MOST_CAP
from chalicelib.domain.errors import Fault
from chalicelib.domain.preferences import Cap, Preferences, QuietWindow
from chalicelib.domain.quiet_hours import always_quiet, is_time_zone
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel

MOST_NAMES: Final = 100
"""Categories, types, topics: what is stored is read with every notification."""
MOST_WINDOWS: Final = 20
LONGEST_DISTURBANCE_FREE: Final = 400 * 86_400_000
"""How far ahead do-not-disturb may end, in milliseconds."""


def choice_faults(chosen: Preferences, mandatory: Collection[str], now: Millis) -> list[Fault]:
    """Return what is wrong with what a user chooses at `now`, in a tenant with these mandatory categories."""
    return [
        *_preference_faults(chosen, "", mandatory),
        *_do_not_disturb_faults("/doNotDisturbUntil", chosen.do_not_disturb_until, now),
    ]


def default_faults(settings: TenantSettings) -> list[Fault]:
    """Return what is wrong with what a tenant assumes of its users."""
    at = "/settings/preferences"
    return [
        *_preference_faults(settings.preferences, at, settings.mandatory_categories),
        *_count_faults("/settings/mandatoryCategories", settings.mandatory_categories, MOST_NAMES),
    ]


def _preference_faults(chosen: Preferences, at: str, mandatory: Collection[str]) -> Iterator[Fault]:
    yield from _count_faults(f"{at}/categories", chosen.categories, MOST_NAMES)
    yield from _count_faults(f"{at}/types", chosen.types, MOST_NAMES)
    yield from _count_faults(f"{at}/topics", chosen.topics, MOST_NAMES)
    yield from _mandatory_faults(f"{at}/categories", chosen.categories, mandatory)
    yield from _window_faults(f"{at}/quietHours", chosen.quiet_hours or ())
    if chosen.time_zone is not None and not is_time_zone(chosen.time_zone):
        yield Fault(pointer=f"{at}/timeZone", code="invalid_time_zone", detail="not an IANA time zone")
    for channel, cap in chosen.caps.items():
        yield from _cap_faults(f"{at}/caps/{channel}", cap)


def _count_faults(pointer: str, given: Sized, most: int) -> Iterator[Fault]:
    if len(given) > most:
        yield Fault(pointer=pointer, code="too_many", detail=f"at most {most} are possible")


def _mandatory_faults(
    at: str, categories: dict[str, dict[Channel, bool]], mandatory: Collection[str]
) -> Iterator[Fault]:
    for category, channels in categories.items():
        for channel, wanted in channels.items():
            if not wanted and category in mandatory:
                pointer = f"{at}/{escaped(category)}/{channel}"
                yield Fault(pointer=pointer, code="mandatory_category", detail="cannot be turned off")


def _window_faults(at: str, windows: tuple[QuietWindow, ...]) -> Iterator[Fault]:
    yield from _count_faults(at, windows, MOST_WINDOWS)
    for position, window in enumerate(windows):
        if window.start == window.end:
            detail = "it would never begin; a whole day is from 00:00 to 24:00"
            yield Fault(pointer=f"{at}/{position}/end", code="impossible_window", detail=detail)
        if not window.days:
            yield Fault(pointer=f"{at}/{position}/days", code="too_few", detail="at least one day is needed")
    if always_quiet([window for window in windows if window.start != window.end]):
        yield Fault(pointer=at, code="always_quiet", detail="together they leave no minute of the week free")


def _cap_faults(at: str, cap: Cap) -> Iterator[Fault]:
    for name, limit in (("hour", cap.hour), ("day", cap.day)):
        if limit is not None and not 1 <= limit <= MOST_CAP:
            yield Fault(pointer=f"{at}/{name}", code="out_of_range", detail=f"not between 1 and {MOST_CAP}")


def _do_not_disturb_faults(pointer: str, until: Millis | None, now: Millis) -> Iterator[Fault]:
    if until is not None and not now < until <= now + LONGEST_DISTURBANCE_FREE:
        yield Fault(pointer=pointer, code="out_of_range", detail="not within the next 400 days")


def escaped(name: str) -> str:
    """Return a name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
