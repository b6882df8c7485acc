"""Addresses in a provider's settings."""

from typing import Annotated

import msgspec

HttpsUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?][!$-\[\]-~]*)?\Z", max_length=2_048
    ),
]
"""A setting: an address that is requested as it stands; nobody's name and password are in it, and no fragment."""
