"""What leaves: messages to queues, events, calls of vendors and the secrets these need."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from chalicelib.domain.events import BusEvent
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import ProviderConfig, ProviderResult
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.timer import Due
from chalicelib.domain.words import Channel
from chalicelib.services.ports.notifications import NotificationRef


class Publication(msgspec.Struct, frozen=True):
    """A notification and the channels whose workers are to hear of it."""

    ref: NotificationRef
    channels: tuple[Channel, ...]


class Queues(Protocol):
    """The queues between the steps. Messages carry ids, but for stream records that are set aside; the tenant is the
    message group.
    """

    def dispatch(self, refs: Sequence[NotificationRef]) -> list[NotificationRef]:
        """Ask for these notifications to be decided; returns those the queue did not take."""

    def wake(self, dues: Sequence[Due]) -> list[Due]:
        """Ask for these to be looked at again, for their time has come; returns those the queue did not take."""

    def publish(self, publications: Sequence[Publication]) -> list[NotificationRef]:
        """Publish each notification to the lanes of its channels; returns those the topic did not take."""

    def deliver_later(self, ref: NotificationRef, channel: Channel, delay: int, epoch: int = 0) -> None:
        """Put a delivery's message into its lane again, visible after `delay` seconds (0 to 900).

        `epoch` is that of a message that was redriven and has not been looked at yet.
        """

    def dead_letter(self, ref: NotificationRef, channel: Channel, epoch: int) -> None:
        """Put a delivery's message into its lane's dead-letter queue; redriven, it reopens the delivery for `epoch`."""

    def redrive(self, reader: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Set stream records aside that `reader` could not handle; raises OSError when the queue did not take all."""


class Bus(Protocol):
    """The bus that domain events go out on."""

    def put(self, events: Sequence[BusEvent]) -> list[BusEvent]:
        """Put events on the bus; returns those it did not take."""


class Vault(Protocol):
    """Seals secrets under the stack's key with the tenant in the encryption context."""

    def seal(self, tenant: TenantId, secret: Mapping[str, Any]) -> bytes:
        """Encrypt a secret for a tenant."""

    def open(self, tenant: TenantId, sealed: bytes) -> dict[str, Any]:
        """Decrypt a tenant's secret; raises ValueError when it is another tenant's or was altered."""


class ProviderCaller(Protocol):
    """Calls a vendor with one shaped message."""

    def prepare(self, tenant: Tenant, provider: ProviderConfig) -> None:
        """Open the provider's credentials and load its SDK, so that a call is nothing but the call. Never raises for
        what is wrong with the provider: the call will tell.
        """

    def call(self, tenant: Tenant, provider: ProviderConfig, message: object) -> ProviderResult:
        """Make one call. Never raises for anything the vendor or the network does."""
