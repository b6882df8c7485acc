"""What users choose, and what tenants assume of them, as it comes in and as it is shown."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field

from chalicelib.api.fields import EACH_ONCE, ChannelName, ClockTime, EndTime, Moment, Name
from chalicelib.api.models import Answer, Body, Line, Time
from chalicelib.domain.preferences import Cap, Preferences, QuietWindow
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Weekday
from chalicelib.services.manage_preferences import Choices

Switches = Annotated[dict[ChannelName, bool], EACH_ONCE]
NamedSwitches = dict[Name, bool]


class WindowBody(Body):
    """A span of the wall clock in which nothing disturbs, on some days (by default all).

    A window that does not end after it starts ends on the following day.
    """

    start: ClockTime
    end: EndTime
    days: Annotated[list[Weekday], Field(max_length=len(Weekday))] = Field(default_factory=lambda: [*Weekday])

    def window(self) -> QuietWindow:
        """Return the window."""
        return QuietWindow(start=self.start, end=self.end, days=tuple(dict.fromkeys(self.days)))


class CapBody(Body):
    """The most messages on a channel in any hour and in any 24 hours."""

    hour: int | None = None
    day: int | None = None

    def cap(self) -> Cap:
        """Return the cap."""
        return Cap(hour=self.hour, day=self.day)


class DefaultsBody(Body):
    """What holds for users who have not chosen: what is left out here holds nothing back."""

    channels: Switches = Field(default_factory=dict)
    categories: dict[Name, Switches] = Field(default_factory=dict)
    types: NamedSwitches = Field(default_factory=dict)
    topics: NamedSwitches = Field(default_factory=dict)
    quiet_hours: list[WindowBody] | None = None
    time_zone: Line | None = None
    caps: Annotated[dict[ChannelName, CapBody], EACH_ONCE] = Field(default_factory=dict)

    def preferences(self) -> Preferences:
        """Return the preferences."""
        return Preferences(
            channels=self.channels,
            categories=self.categories,
            types=self.types,
            topics=self.topics,
            quiet_hours=None if self.quiet_hours is None else tuple(window.window() for window in self.quiet_hours),
            time_zone=self.time_zone,
            do_not_disturb_until=self.until(),
            caps={channel: cap.cap() for channel, cap in self.caps.items()},
        )

    def until(self) -> Millis | None:
        """Return when do-not-disturb ends, None where nobody speaks of it."""
        return None


class PreferencesBody(DefaultsBody):
    """All that a user chooses; where something is left out, the tenant's defaults hold.

    `version` is the one the caller saw: the change is refused with 409 when it is no longer the stored one.
    """

    do_not_disturb_until: Moment | None = None
    version: Annotated[int, Field(ge=0)] | None = None

    def until(self) -> Millis | None:
        """Return when do-not-disturb ends, None for what was over before."""
        return None if self.do_not_disturb_until is None else Millis(self.do_not_disturb_until)


class ChannelSwitch(Body):
    """Whether anything may come on a channel."""

    enabled: bool


class WindowAnswer(Answer):
    """A span of the wall clock in which nothing disturbs; `24:00` is the end of the day."""

    start: str
    end: str
    days: list[Weekday]

    @classmethod
    def of(cls, window: QuietWindow) -> Self:
        """Return what is shown of a window."""
        return cls(start=_shown(window.start), end=_shown(window.end), days=list(window.days))


class CapAnswer(Answer):
    """The most messages on a channel in any hour and in any 24 hours."""

    hour: int | None
    day: int | None


class DefaultsAnswer(Answer):
    """What holds for users who have not chosen."""

    channels: dict[Channel, bool]
    categories: dict[str, dict[Channel, bool]]
    types: dict[str, bool]
    topics: dict[str, bool]
    quiet_hours: list[WindowAnswer] | None
    time_zone: str | None
    caps: dict[Channel, CapAnswer]

    @classmethod
    def of(cls, preferences: Preferences) -> Self:
        """Return what is shown of preferences."""
        return cls(**_fields(preferences))


ShownDefaults = Annotated[
    DefaultsAnswer,
    BeforeValidator(lambda value: DefaultsAnswer.of(value) if isinstance(value, Preferences) else value),
]
"""Defaults in an answer, made from a tenant's preferences."""


class PreferencesAnswer(DefaultsAnswer):
    """What a user chose, the tenant's `defaults` for all else, and the categories that nobody can turn off.

    `version` is 0 until something is chosen.
    """

    do_not_disturb_until: Time | None
    version: int
    defaults: DefaultsAnswer
    mandatory_categories: list[str]

    @classmethod
    def of_choices(cls, choices: Choices, now: Millis) -> Self:
        """Return what a user is shown at `now`: a do-not-disturb that is over is none."""
        until = choices.chosen.do_not_disturb_until
        return cls(
            **_fields(choices.chosen),
            do_not_disturb_until=until if until is not None and until > now else None,
            version=choices.chosen.version,
            defaults=DefaultsAnswer.of(choices.defaults),
            mandatory_categories=list(choices.mandatory_categories),
        )


def _fields(preferences: Preferences) -> dict[str, Any]:
    windows = preferences.quiet_hours
    return {
        "channels": preferences.channels,
        "categories": preferences.categories,
        "types": preferences.types,
        "topics": preferences.topics,
        "quiet_hours": None if windows is None else [WindowAnswer.of(window) for window in windows],
        "time_zone": preferences.time_zone,
        "caps": {channel: CapAnswer(hour=cap.hour, day=cap.day) for channel, cap in preferences.caps.items()},
    }


def _shown(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
