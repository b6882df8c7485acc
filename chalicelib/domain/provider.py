"""Providers as a tenant configures them, and what a call to one can end with."""

from typing import Any, Final

import msgspec

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel

MOST_PROVIDERS: Final = 100
"""Providers of a tenant: every worker reads all of them once a minute."""


class ProviderConfig(Value, frozen=True):
    """One provider of a tenant. `vendor` names the file that speaks to it (`sendgrid`, `twilio`, …).

    Lower `priority` comes first; among equals `weight` shares the traffic. `settings` are plain, `credentials` are
    sealed for the tenant and opened only by the worker that calls the vendor; `secrets` are the names in them.
    """

    id: ProviderId
    channel: Channel
    vendor: str
    enabled: bool = True
    priority: int = 100
    weight: int = 1
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    credentials: bytes | None = None
    secrets: tuple[str, ...] = ()
    version: int = 1


class Accepted(Value, frozen=True):
    """The vendor took the message. `dead_tokens` are device tokens it said will never work again, `segments` how many
    parts a text message went out in.
    """

    vendor_id: str | None = None
    dead_tokens: tuple[str, ...] = ()
    segments: int | None = None


class Refused(Value, frozen=True):
    """The vendor did not take the message, and we know that it did not.

    `kind` is RETRIABLE (later it may), PERMANENT (this message never) or MISCONFIGURED (not by this provider, as it is
    configured or as it is: another may). `retry_after` is in seconds, as the vendor asked. `retries` is how often the
    provider may be tried again at most, where that is less than usual: a refusal that is not sure to be one. `telling`:
    it shows whether the vendor is well; a limit of the rate does not, nor what never got to the vendor.
    """

    kind: AttemptOutcome
    code: str
    retry_after: float | None = None
    retries: int | None = None
    telling: bool = True
    dead_tokens: tuple[str, ...] = ()


class Unsure(Value, frozen=True):
    """The request went out and nobody can tell whether it was taken; it is never blindly sent again."""

    code: str


ProviderResult = Accepted | Refused | Unsure
