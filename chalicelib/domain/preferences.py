"""What a user wants to receive, and what a tenant assumes of users who have not said."""

from typing import Final

import msgspec

from chalicelib.domain.delivery import Detail
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Weekday

MINUTES_A_DAY: Final = 1_440


class QuietWindow(Value, frozen=True):
    """A span of the wall clock in which nothing disturbs: minutes after midnight, `start` included, `end` excluded.

    `end` may be 1440 (midnight); where it is not after `start`, the window ends on the following day. It belongs to
    the days it starts on.
    """

    start: int
    end: int
    days: tuple[Weekday, ...] = tuple(Weekday)


class Cap(Value, frozen=True):
    """The most messages on a channel in any 60 minutes and in any 24 hours; None is no limit."""

    hour: int | None = None
    day: int | None = None


class Preferences(Value, frozen=True):
    """Choices; what is left out was not chosen.

    `categories` are by category, then channel; `types` and `topics` turn one off on every channel. `quiet_hours` None
    is no choice, empty is none at all. `version` counts the changes.
    """

    channels: dict[Channel, bool] = msgspec.field(default_factory=dict)
    categories: dict[str, dict[Channel, bool]] = msgspec.field(default_factory=dict)
    types: dict[str, bool] = msgspec.field(default_factory=dict)
    topics: dict[str, bool] = msgspec.field(default_factory=dict)
    quiet_hours: tuple[QuietWindow, ...] | None = None
    time_zone: str | None = None
    do_not_disturb_until: Millis | None = None
    caps: dict[Channel, Cap] = msgspec.field(default_factory=dict)
    version: int = 0

    def over(self, defaults: "Preferences") -> "Preferences":
        """Return these choices with what they leave open taken from `defaults`."""
        categories = {
            name: defaults.categories.get(name, {}) | self.categories.get(name, {})
            for name in (*defaults.categories, *self.categories)
        }
        return msgspec.structs.replace(
            self,
            channels=defaults.channels | self.channels,
            categories=categories,
            types=defaults.types | self.types,
            topics=defaults.topics | self.topics,
            quiet_hours=defaults.quiet_hours if self.quiet_hours is None else self.quiet_hours,
            time_zone=self.time_zone or defaults.time_zone,
            caps=defaults.caps | self.caps,
        )

    def turned_off(self, channel: Channel, category: str, type: str | None, topic: str | None) -> Detail | None:
        """Return the level at which a message is turned off on `channel`, or None when it is wanted."""
        if not self.channels.get(channel, True):
            return Detail.CHANNEL
        if not self.categories.get(category, {}).get(channel, True):
            return Detail.CATEGORY
        if type is not None and not self.types.get(type, True):
            return Detail.TYPE
        if topic is not None and not self.topics.get(topic, True):
            return Detail.TOPIC
        return None
