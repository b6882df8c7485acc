"""Links that data brings: which schemes they may have."""

import re
from collections.abc import Collection
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

_IN_HTML: Final = frozenset({"https", "http", "mailto", "tel"})
_STYLE: Final = re.compile(r"[\w#%.,+ -]*\Z")


class Link(Enum):
    """Where a link stands, which decides what it may be."""

    ACTION = "action"
    """What a notification opens: https, or a scheme of the tenant's apps."""
    IMAGE = "image"
    """What a device loads by itself: https."""
    IN_HTML = "html"
    """What a mail shows: also http, mailto and tel."""


def is_link(text: str, schemes: Collection[str], place: Link) -> bool:
    """Tell whether a text is a link that may stand in a place. `schemes` are those that the tenant allows."""
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    if not text.isprintable() or " " in text or "\\" in text:
        return False
    if url.scheme in ("https", "http") and (url.scheme == "https" or place is Link.IN_HTML):
        # What stands before an @ only serves to make a host look like another.
        return bool(url.hostname) and url.username is None
    return url.scheme in _schemes(schemes, place) and len(text) > len(url.scheme) + 1


def is_harmless_style(text: str) -> bool:
    """Tell whether a text may stand in a style: colors, lengths and names, nothing that ends the value or is called."""
    return bool(_STYLE.match(text))


def _schemes(schemes: Collection[str], place: Link) -> Collection[str]:
    if place is Link.IMAGE:
        return ()
    return {*schemes, *_IN_HTML} if place is Link.IN_HTML else schemes
