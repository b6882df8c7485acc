"""The environment a function runs in, typed and read when asked for, never at import."""

import os
from functools import cache

import msgspec

from chalicelib.domain.configuration import Level
from chalicelib.domain.words import Channel


class Lane(msgspec.Struct, frozen=True):
    """The queues of one channel, by URL."""

    queue: str
    dlq: str


class ClaimNames(msgspec.Struct, frozen=True):
    """Which claims of an issuer's tokens carry what; a dot descends into an object (`realm_access.roles`)."""

    tenant: str = "custom:tenantId"
    user_id: str = msgspec.field(default="sub", name="userId")
    user_type: str = msgspec.field(default="custom:userType", name="userType")
    roles: str = "cognito:groups"


class Issuer(msgspec.Struct, frozen=True, rename="camel"):
    """An OIDC issuer whose tokens are taken.

    `audiences` are the clients whose user tokens count. `clients` are those whose tokens are services'; they must not
    log users in. None: an issuer that says `token_use` (Cognito) vouches for every client that has a service account,
    any other for none.
    """

    issuer: str
    jwks_uri: str
    audiences: tuple[str, ...] = ()
    clients: tuple[str, ...] | None = None
    algorithms: tuple[str, ...] = ("RS256",)
    claims: ClaimNames = msgspec.field(default_factory=ClaimNames)


class Settings:
    """Typed access to the environment. A missing variable raises KeyError with its name, where it is needed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    @property
    def stage(self) -> str:
        """The stage: local, dev, staging or prod."""
        return self._environment["HERALD_STAGE"]

    @property
    def table(self) -> str:
        """The name of the table."""
        return self._environment["HERALD_TABLE"]

    @property
    def topic_arn(self) -> str:
        """The topic that decided notifications are published to."""
        return self._environment["HERALD_TOPIC_ARN"]

    @property
    def dispatch_queue(self) -> str:
        """URL of the queue of accepted notifications."""
        return self._environment["HERALD_DISPATCH_QUEUE_URL"]

    @property
    def redrive_queue(self) -> str:
        """URL of the queue of stream records that could not be handled."""
        return self._environment["HERALD_REDRIVE_QUEUE_URL"]

    @property
    def lanes(self) -> dict[Channel, Lane]:
        """The queues of each channel."""
        return msgspec.json.decode(self._environment["HERALD_LANES"], type=dict[Channel, Lane])

    @property
    def bus(self) -> str:
        """The name of the event bus."""
        return self._environment["HERALD_BUS"]

    @property
    def key_arn(self) -> str:
        """The KMS key that seals credentials."""
        return self._environment["HERALD_KEY_ARN"]

    @property
    def cursor_secret_arn(self) -> str:
        """The secret that cursors, and links in e-mails, are signed with."""
        return self._environment["HERALD_CURSOR_SECRET_ARN"]

    @property
    def public_url(self) -> str:
        """Where recipients reach the API: what the links in e-mails begin with."""
        return self._environment["HERALD_PUBLIC_URL"]

    @property
    def files_bucket(self) -> str:
        """The bucket of the files that go with e-mails."""
        return self._environment["HERALD_FILES_BUCKET"]

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """The OIDC issuers whose tokens are taken."""
        return msgspec.json.decode(self._environment["HERALD_ISSUERS"], type=tuple[Issuer, ...])

    @property
    def login_url(self) -> str:
        """Where users log in and services get tokens: the base address of the user pool's OAuth2 endpoints."""
        return self._environment["HERALD_LOGIN_URL"]

    @property
    def user_pool(self) -> str:
        """The id of the user pool that tenants' first administrators are invited to."""
        return self._environment["HERALD_USER_POOL"]

    @property
    def login_client_id(self) -> str:
        """The OAuth2 client that users log in with."""
        return self._environment["HERALD_LOGIN_CLIENT_ID"]

    @property
    def default_providers(self) -> dict[Channel, str]:
        """The vendor the stage itself offers on a channel, by IAM role, to tenants that configured none."""
        text = self._environment.get("HERALD_DEFAULT_PROVIDERS", "{}")
        return msgspec.json.decode(text, type=dict[Channel, str])

    @property
    def defaults(self) -> Level:
        """What holds for tenants that say nothing: `{"locale": …, "time_zone": …, "strategy": …, "channels": […]}`."""
        return msgspec.json.decode(self._environment.get("HERALD_DEFAULTS", "{}"), type=Level)

    @property
    def connect_timeout(self) -> float:
        """How long a vendor may take to accept a connection, in seconds."""
        return float(self._environment.get("HERALD_CONNECT_TIMEOUT", "3"))

    @property
    def read_timeout(self) -> float:
        """How long a vendor may take to answer, in seconds."""
        return float(self._environment.get("HERALD_READ_TIMEOUT", "10"))

    @property
    def internal_hosts(self) -> tuple[str, ...]:
        """The hosts that tenants may name though they are not on the public internet: patterns of the operator's."""
        text = self._environment.get("HERALD_INTERNAL_HOSTS", "")
        return tuple(pattern for pattern in text.replace(" ", "").split(",") if pattern)

    @property
    def breaker_pause(self) -> float:
        """How long a provider is left alone that failed again and again, in seconds."""
        return float(self._environment.get("HERALD_BREAKER_PAUSE", "60"))

    @property
    def cache_seconds(self) -> float:
        """How long a warm worker goes on with what it read of a tenant, in seconds."""
        return float(self._environment.get("HERALD_CACHE_SECONDS", "60"))

    @property
    def sweep_grace(self) -> float:
        """How old an open notification must be for the sweeper to nudge it, in seconds."""
        return float(self._environment.get("HERALD_SWEEP_GRACE", "300"))

    @property
    def timers_arn(self) -> str:
        """The state machine that drains buckets of timers."""
        return self._environment["HERALD_TIMERS_ARN"]

    @property
    def timer_width(self) -> int:
        """How many seconds a bucket of timers spans: how late one may be."""
        return int(self._environment.get("HERALD_TIMER_WIDTH", "60"))

    @property
    def timer_grace(self) -> float:
        """How many seconds after its time a bucket is drained again."""
        return float(self._environment.get("HERALD_TIMER_GRACE", "30"))

    @property
    def cors_origins(self) -> tuple[str, ...]:
        """Origins whose pages may call the API."""
        return msgspec.json.decode(self._environment.get("HERALD_CORS_ORIGINS", "[]"), type=tuple[str, ...])


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings(dict(os.environ))
