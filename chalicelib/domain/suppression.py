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
    """Return the form of an address under which it is listed: e-mail in lower case, its domain as the Internet's name
    system has it (vendors report `xn--…` where a recipient says `münchen.de`), all else as it is.
    """
    if channel is not Channel.EMAIL:
        return address.strip()
    name, at, domain = address.strip().lower().rpartition("@")
    return f"{name}{at}{domain if domain.isascii() else _in_ascii(domain)}"


def address_hash(channel: Channel, address: str) -> str:
    """Return the hash of an address that its row is found by."""
    return sha256(f"{channel}:{canonical(channel, address)}".encode()).hexdigest()


def _in_ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
