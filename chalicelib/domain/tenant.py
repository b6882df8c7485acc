"""A tenant and the accounts that may act for it."""

from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.domain.allowance import Budget, Price
from chalicelib.domain.configuration import SILENT, Configuration, Level, configure
from chalicelib.domain.digest import DigestRule
from chalicelib.domain.ids import ClientId, TenantId
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.tracking import NO_TRACKING, Tracking
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Scope, Strategy

_DAY: Final = 86_400


class TenantStatus(StrEnum):
    """Whether a tenant may send."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class EventMode(StrEnum):
    """How domain events reach the bus: many notifications in one event, or one event each."""

    PACKED = "packed"
    SINGLE = "single"


class Sender(Value, frozen=True):
    """Whom a message comes from: an address (e-mail) or number (SMS) and, for e-mail, a name."""

    address: str
    name: str | None = None
    reply_to: str | None = None


class TenantSettings(Value, frozen=True):
    """What a tenant may choose. `retention_days` bounds how long personal data is kept. What it leaves open is left to
    its lookups and the environment (`Tenant.configuration`).

    `preferences` hold for users who chose nothing; nobody can turn a category of `mandatory_categories` off. `digests`
    are by category. `rate_limits` are calls a minute, by the name of the limit; `send_rates` messages a second, by
    channel. A message that no budget allows goes out on the next channel of sms → push → email where
    `downgrade` is set. With `self_notification` users may send to themselves.
    """

    default_locale: str | None = None
    time_zone: str | None = None
    default_strategy: Strategy | None = None
    default_channels: tuple[Channel, ...] | None = None
    disabled_channels: tuple[Channel, ...] = ()
    senders: dict[Channel, Sender] = msgspec.field(default_factory=dict)
    url_schemes: tuple[str, ...] = ("https",)
    sms_max_segments: int = 10
    sms_prefix: str | None = None
    event_mode: EventMode = EventMode.PACKED
    retention_days: int = 90
    preferences: Preferences = Preferences()
    mandatory_categories: tuple[str, ...] = ()
    digests: dict[str, DigestRule] = msgspec.field(default_factory=dict)
    rate_limits: dict[str, int] = msgspec.field(default_factory=dict)
    send_rates: dict[Channel, int] = msgspec.field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    budgets: tuple[Budget, ...] = ()
    downgrade: bool = False
    self_notification: bool = False
    tracking: Tracking = NO_TRACKING


class Tenant(Value, frozen=True):
    """An isolated customer of the platform. `version` counts the changes made to it."""

    id: TenantId
    name: str
    created_at: Millis
    status: TenantStatus = TenantStatus.ACTIVE
    settings: TenantSettings = msgspec.field(default_factory=TenantSettings)
    version: int = 1

    @property
    def level(self) -> Level:
        """What the tenant says of the configuration."""
        said = self.settings
        return Level(
            locale=said.default_locale,
            time_zone=said.time_zone,
            strategy=said.default_strategy,
            channels=said.default_channels,
        )

    @property
    def configuration(self) -> Configuration:
        """What holds for a request that says nothing itself."""
        return configure(SILENT, self.level, SILENT, SILENT)

    def keeps_until(self, begins: Millis) -> int:
        """Return when the rows of what begins at a time are removed, in seconds since the epoch."""
        return begins // 1_000 + self.settings.retention_days * _DAY


class ServiceAccount(Value, frozen=True):
    """An OAuth client that may act for tenants, within scopes."""

    client_id: ClientId
    name: str
    tenants: tuple[TenantId, ...]
    scopes: tuple[Scope, ...]
    created_at: Millis
    enabled: bool = True
    version: int = 1
