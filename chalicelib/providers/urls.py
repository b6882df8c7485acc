"""Addresses in a provider's settings."""

import re
from ipaddress import IPv6Address
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from chalicelib.providers.base import SettingError
from chalicelib.providers.guard import NAME

HttpsUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?][!$-\[\]-~]*)?\Z", max_length=2_048
    ),
]
"""A setting: an address that is requested as it stands; nobody's name and password are in it, and no fragment.
`check_address` tells whether it can be."""


def check_address(setting: str, url: str) -> None:
    """Raise SettingError for a `setting` (its JSON name) whose address no request can be made to."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        is_host = bool(IPv6Address(host)) if "[" in parts.netloc else re.match(NAME, host.removesuffix("."))
    except ValueError:
        port, is_host = None, False
    if not is_host or port == 0:
        raise SettingError(f"/settings/{setting}", "invalid_value", "its host or port is none that there can be")
