"""What the webhooks of chat services have in common: an address that is a credential, and a link to click."""

import re
from typing import Annotated

import msgspec

from chalicelib.channels.base import ChatMessage

LinkLabel = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,75}\Z")]
"""A setting: what the button with the notification's link says, in the language of the room."""


def webhook_for(message: ChatMessage, vendor: str, default: str, form: str) -> str | None:
    """Return where a message goes: to the recipient's own webhook at the vendor, else to the settings' one.

    None where the recipient's has not the `form` (a pattern) that all of the vendor's have: requests go nowhere else.
    """
    own = message.targets.get(vendor)
    if own is None:
        return default
    return own if re.match(form, own) else None


def link_of(message: ChatMessage) -> str | None:
    """Return the link if a browser opens it: chat services refuse messages with others, such as those into an app."""
    return message.link if message.link is not None and message.link.startswith("https://") else None
