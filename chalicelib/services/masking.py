"""Masking personal data: enough is left to recognize an address one knows, too little to learn one."""

import msgspec

from chalicelib.domain.recipient import Recipient
from chalicelib.domain.words import Channel

MASK = "***"


def mask_email(address: str) -> str:
    """Return `a***@b.io` for `ann@b.io`."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{MASK}{at}{domain}" if at else MASK


def mask_tail(text: str, shown: int = 2) -> str:
    """Return the last characters of a number or token, and of a short one none."""
    return MASK + (text[-shown:] if len(text) >= 4 * shown else "")


def mask_address(channel: Channel, address: str) -> str:
    """Return an address on a channel, masked."""
    return mask_email(address) if channel is Channel.EMAIL else mask_tail(address)


def mask_recipient(recipient: Recipient) -> Recipient:
    """Return a recipient with addresses masked and of the attributes the names only."""
    return msgspec.structs.replace(
        recipient,
        email=recipient.email and mask_email(recipient.email),
        phone=recipient.phone and mask_tail(recipient.phone),
        device_tokens=tuple(mask_tail(token, shown=4) for token in recipient.device_tokens),
        chat_targets={vendor: mask_tail(target, shown=4) for vendor, target in recipient.chat_targets.items()},
        attributes=dict.fromkeys(recipient.attributes, MASK),
    )
