"""Tenants and their settings as they come in and as they are shown."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from pydantic import Field, StringConstraints

from chalicelib.api.fields import EACH_ONCE, ChannelName, Name, StrategyName
from chalicelib.api.models import ONE_LINE, Answer, Body, Line, Time
from chalicelib.api.preference_models import DefaultsBody, ShownDefaults
from chalicelib.api.recipient_models import EmailText
from chalicelib.api.tenant_allowances import BudgetAnswer, Budgets, DigestAnswer, Digests, PriceAnswer, Prices
from chalicelib.api.tenant_rates import RateLimits, SendRates
from chalicelib.domain.ids import TenantId
from chalicelib.domain.tenant import EventMode, Sender, Tenant, TenantSettings, TenantStatus
from chalicelib.domain.tracking import Tracking
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Strategy

_DEFAULT: Final = TenantSettings()

TenantIdText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Version = Annotated[int, Field(ge=1)]
"""The version a caller saw: the change is refused with 409 when it is no longer the stored one."""
Channels = Annotated[list[ChannelName], Field(max_length=len(Channel))]
Schemes = Annotated[list[Line], Field(max_length=20)]
LoginText = Annotated[str, StringConstraints(min_length=1, max_length=128), ONE_LINE]
"""As long as a user's name may be in Cognito
(https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html)."""
Prefix = Annotated[str, StringConstraints(min_length=1, max_length=20), ONE_LINE]


class SenderBody(Body):
    """Whom messages on a channel come from: an address, or for SMS a number or a name of up to 11 characters."""

    address: EmailText
    name: Line | None = None
    reply_to: EmailText | None = None


class TrackingBody(Body):
    """What is told of e-mails: when they are opened and when links in them are followed (`clicks`). `countAsRead`:
    either counts as if the notification had been read.
    """

    opens: bool = False
    clicks: bool = False
    count_as_read: bool = False


class SettingsBody(Body):
    """Settings of a tenant; those left out stay as they are. `null` leaves a default to the lookups and the stage."""

    default_locale: Line | None = None
    time_zone: Line | None = None
    default_strategy: StrategyName | None = None
    default_channels: Channels | None = None
    disabled_channels: Channels = Field(default_factory=list)
    senders: Annotated[dict[ChannelName, SenderBody], EACH_ONCE] = Field(default_factory=dict)
    url_schemes: Schemes = Field(default_factory=lambda: [*_DEFAULT.url_schemes])
    sms_max_segments: int = _DEFAULT.sms_max_segments
    sms_prefix: Prefix | None = None
    event_mode: EventMode = _DEFAULT.event_mode
    retention_days: int = _DEFAULT.retention_days
    prices: Prices = Field(default_factory=list)
    budgets: Budgets = Field(default_factory=list)
    downgrade: bool = _DEFAULT.downgrade
    digests: Digests = Field(default_factory=dict)
    preferences: DefaultsBody = Field(default_factory=DefaultsBody)
    mandatory_categories: list[Name] = Field(default_factory=list)
    self_notification: bool = _DEFAULT.self_notification
    tracking: TrackingBody = Field(default_factory=TrackingBody)
    rate_limits: RateLimits = Field(default_factory=dict)
    send_rates: SendRates = Field(default_factory=dict)

    def applied_to(self, settings: TenantSettings) -> TenantSettings:
        """Return settings with the given ones replaced."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        for name, as_stored in _AS_STORED.items():
            if name in given:
                given[name] = as_stored(given[name])
        for name in ("default_channels", "disabled_channels", "url_schemes", "mandatory_categories"):
            if given.get(name) is not None:
                given[name] = tuple(dict.fromkeys(given[name]))
        return msgspec.structs.replace(settings, **given)


_AS_STORED: Final[dict[str, Callable[[Any], Any]]] = {
    "senders": lambda senders: {channel: Sender(**dict(sender)) for channel, sender in senders.items()},
    "prices": lambda prices: tuple(price.price() for price in prices),
    "budgets": lambda budgets: tuple(budget.budget() for budget in budgets),
    "rate_limits": lambda limits: {limit.value: most for limit, most in limits.items()},
    "preferences": lambda defaults: defaults.preferences(),
    "tracking": lambda tracking: Tracking(**dict(tracking)),
    "digests": lambda digests: {category: digest.rule() for category, digest in digests.items()},
}
"""What becomes of settings that are stored in another form than they come in."""


class AdministratorBody(Body):
    """Who is to administer a tenant: they are written to at their address, which they log in with."""

    email: LoginText


class CreateTenant(Body):
    """A new tenant with its first settings and, where the stack's own user pool is used, its first administrator."""

    id: TenantIdText
    name: Line
    settings: SettingsBody | None = None
    first_admin: AdministratorBody | None = None

    def tenant(self, now: Millis) -> Tenant:
        """Return the tenant as it is stored first."""
        settings = self.settings.applied_to(_DEFAULT) if self.settings else _DEFAULT
        return Tenant(id=TenantId(self.id), name=self.name, created_at=now, settings=settings)


class ChangeTenant(Body):
    """What changes of a tenant; what is left out stays as it is."""

    name: Line | None = None
    settings: SettingsBody | None = None
    version: Version | None = None

    def applied_to(self, tenant: Tenant) -> Tenant:
        """Return the tenant with the given replaced."""
        settings = self.settings.applied_to(tenant.settings) if self.settings else tenant.settings
        return msgspec.structs.replace(tenant, name=self.name or tenant.name, settings=settings)


class SenderAnswer(Answer):
    """Whom messages on a channel come from."""

    address: str
    name: str | None
    reply_to: str | None


class TrackingAnswer(Answer):
    """What is told of e-mails."""

    opens: bool
    clicks: bool
    count_as_read: bool


class SettingsAnswer(Answer):
    """The settings of a tenant."""

    default_locale: str | None
    time_zone: str | None
    default_strategy: Strategy | None
    default_channels: list[Channel] | None
    disabled_channels: list[Channel]
    senders: dict[Channel, SenderAnswer]
    url_schemes: list[str]
    sms_max_segments: int
    sms_prefix: str | None
    event_mode: EventMode
    retention_days: int
    prices: list[PriceAnswer]
    budgets: list[BudgetAnswer]
    downgrade: bool
    digests: dict[str, DigestAnswer]
    preferences: ShownDefaults
    mandatory_categories: list[str]
    self_notification: bool
    tracking: TrackingAnswer
    rate_limits: dict[str, int]
    send_rates: dict[Channel, int]


class TenantAnswer(Answer):
    """A tenant."""

    id: str
    name: str
    status: TenantStatus
    settings: SettingsAnswer
    created_at: Time
    version: int


class TenantPage(Answer):
    """A page of tenants, in order of id."""

    items: list[TenantAnswer]
    next_cursor: str | None
