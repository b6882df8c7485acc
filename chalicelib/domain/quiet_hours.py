"""When nothing disturbs: quiet windows and times of day by the wall clock of a zone, right across every change of it.

It is quiet at an instant when and only when the wall clock shows a time in a window. So a window that the clock jumps
into begins late, one that it is turned back to begins twice, and none is ever judged by its length.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.preferences import MINUTES_A_DAY, QuietWindow
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Reason, Weekday

MINUTE: Final = 60_000
DAY: Final = MINUTES_A_DAY * MINUTE
WEEK: Final = 7 * DAY
LONGEST_QUIET: Final = 4 * WEEK
"""Windows leave a minute of the week free, which a change of the clock may skip once but not four weeks in a row."""
_UTC: Final = ZoneInfo("UTC")
_DAYS: Final = {day: number for number, day in enumerate(Weekday)}


def undisturbed_from(
    at: Millis, windows: Sequence[QuietWindow], zone: ZoneInfo, do_not_disturb_until: Millis | None
) -> tuple[Millis, Reason | None]:
    """Return the first instant at or after `at` that is neither before do-not-disturb's end nor quiet, and what put it
    off first; (`at`, None) when nothing does.

    Windows that leave no time free (`always_quiet`) hold for four weeks.
    """
    reason = None
    found = at
    if do_not_disturb_until is not None and do_not_disturb_until > at:
        found, reason = do_not_disturb_until, Reason.DO_NOT_DISTURB
    spans = _spans(windows)
    last = found + LONGEST_QUIET
    while spans and found < last and (quiet_for := _remaining(_moment_of_the_week(found, zone), spans)):
        found = _same_clock_until(found, Millis(found + quiet_for), zone)
        reason = reason or Reason.QUIET_HOURS
    return found, reason


def next_local_time(after: Millis, minutes: int, zone: ZoneInfo) -> Millis:
    """Return the first instant, at or after `after`, at which a day reaches a time of the wall clock (minutes after
    midnight).

    A time that the clock skips that day is reached as the clock jumps over it; one that it shows twice, the first time.
    """
    # The day before, for where the clock jumps over its end, a time of it is reached at midnight.
    day = _wall_clock(after, zone).date() - timedelta(days=1)
    while (found := _time_of_day(day, minutes, zone)) < after:
        day += timedelta(days=1)
    return found


def always_quiet(windows: Sequence[QuietWindow]) -> bool:
    """Tell whether windows together leave no minute of the week free."""
    spans = _spans(windows)
    return bool(spans) and all(_remaining((start + length) % WEEK, spans) for start, length in spans)


def zone_of(names: Iterable[str | None]) -> ZoneInfo:
    """Return the zone of the first name that is one; UTC when none is."""
    return next((zone for name in names if name is not None and (zone := _zone(name)) is not None), _UTC)


def is_time_zone(name: str) -> bool:
    """Tell whether a name is that of an IANA time zone."""
    return name in _zone_names()


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if is_time_zone(name) else None


@cache
def _zone_names() -> frozenset[str]:
    """IANA's own list, not what lies in a folder: no path can be a name, and every machine knows the same ones."""
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


def _spans(windows: Sequence[QuietWindow]) -> list[tuple[int, int]]:
    """Return when in the week windows start, in milliseconds after Monday's midnight, and their lengths."""
    return [
        (_DAYS[day] * DAY + window.start * MINUTE, _minutes(window) * MINUTE)
        for window in windows
        for day in window.days
    ]


def _minutes(window: QuietWindow) -> int:
    return window.end - window.start + (0 if window.end > window.start else MINUTES_A_DAY)


def _remaining(moment: int, spans: Iterable[tuple[int, int]]) -> int:
    """Return how much is left of the spans that cover a moment of the week: of the one that ends last, else 0."""
    return max(0, *(length - (moment - start) % WEEK for start, length in spans))


def _moment_of_the_week(at: Millis, zone: ZoneInfo) -> int:
    shown = _wall_clock(at, zone)
    minute = (shown.weekday() * 24 + shown.hour) * 60 + shown.minute
    return minute * MINUTE + shown.second * 1_000 + at % 1_000


def _same_clock_until(start: Millis, end: Millis, zone: ZoneInfo) -> Millis:
    """Return `end`, or the instant before it at which the clock of the zone is changed."""
    offset = _offset(start // 1_000, zone)
    low, high = start // 1_000, end // 1_000
    if _offset(high, zone) == offset:
        return end
    return Millis(_first_with_another(offset, low, high, zone) * 1_000)


def _first_with_another(offset: timedelta | None, low: int, high: int, zone: ZoneInfo) -> int:
    """Return the second in which the clock leaves an offset it has at `low` and no longer at `high`.

    No zone changes its clock twice within a day, the longest span that is asked for.
    """
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def _time_of_day(day: date, minutes: int, zone: ZoneInfo) -> Millis:
    hour, minute = divmod(minutes, 60)
    wanted = datetime.combine(day, time(hour, minute), zone)
    instant = int(wanted.timestamp())
    if datetime.fromtimestamp(instant, zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return Millis(instant * 1_000)
    before = int(wanted.replace(fold=1).timestamp())
    return Millis(_first_with_another(_offset(before, zone), before, instant, zone) * 1_000)


def _offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()


def _wall_clock(at: Millis, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at // 1_000, zone)
