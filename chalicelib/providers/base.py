"""What every provider is: settings and limits declared on the class, one `send` with a typed result."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

import msgspec

from chalicelib.channels.base import Message
from chalicelib.domain.provider import ProviderResult
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel

S = TypeVar("S", bound="ProviderSettings")
M = TypeVar("M", bound=Message)


class Timeouts(Value, frozen=True):
    """How long a vendor may take, in seconds."""

    connect: float = 3.0
    read: float = 10.0

    @property
    def total(self) -> float:
        """The longest a call may take."""
        return self.connect + self.read


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Base of a provider's settings: plain ones and credentials together, as the provider reads them."""


class Provider(ABC, Generic[S, M]):
    """A vendor. A subclass in `providers/<channel>/<vendor>.py` is all that is needed to add one.

    `secrets` names the settings (by their JSON names) that are credentials: they are sealed and never shown again.
    """

    channel: ClassVar[Channel]
    vendor: ClassVar[str]
    settings_type: ClassVar[type[ProviderSettings]]
    secrets: ClassVar[frozenset[str]] = frozenset()
    documentation: ClassVar[str]
    """Address of the vendor's page that the file follows."""

    def __init__(self, settings: S, timeouts: Timeouts) -> None:
        self.settings = settings
        self.timeouts = timeouts

    @abstractmethod
    def send(self, message: M) -> ProviderResult:
        """Make one call and say what became of it. Raises nothing for what vendor or network do."""
