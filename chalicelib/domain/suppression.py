"""The suppression list: addresses of a tenant that nothing is sent to any more."""

from enum import StrEnum
from hashlib import sha256

from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel


class SuppressionReason(StrEnum):
    """Why an address came onto the list."""

    MANUAL = "manual"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


class Suppression(Value, frozen=True):
    """One address on a channel. `address` is in its canonical form (`canonical`)."""

    channel: Channel
    address: str
    reason: SuppressionReason
    created_at: Millis
    note: str | None = None


def canonical(channel: Channel, address: str) -> str:
    """Return the form of an address under which it is listed: e-mail in lower case, all else as it is."""
    return address.strip().lower() if channel is Channel.EMAIL else address.strip()


def address_hash(channel: Channel, address: str) -> str:
    """Return the hash of an address that its row is found by."""
    return sha256(f"{channel}:{canonical(channel, address)}".encode()).hexdigest()
