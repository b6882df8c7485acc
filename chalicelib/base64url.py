"""Bytes as text that may stand in an address: base64url without padding (RFC 4648 §5), in one spelling only."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def to_text(data: bytes) -> str:
    """Return the text of some bytes."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """Return the bytes that `to_text` made this text of; raises ValueError when it made it of none.

    Base64 has spare bits, and its reader skips foreign characters: several texts would be read as the same bytes.
    """
    data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if to_text(data) != text:
        raise ValueError("not as it was written")
    return data
