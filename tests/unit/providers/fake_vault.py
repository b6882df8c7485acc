"""A vault without keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.domain.ids import TenantId


@dataclass
class FakeVault:
    """Seals by naming the tenant; counts openings, and has the trouble it is told to have."""

    opened: int = 0
    trouble: Exception | None = None

    def seal(self, tenant: TenantId, secret: Mapping[str, Any]) -> bytes:
        """Return the secret with its owner's name."""
        return tenant.encode() + b"|" + msgspec.json.encode(secret)

    def open(self, tenant: TenantId, sealed: bytes) -> dict[str, Any]:
        """Return the secret if it is the tenant's."""
        self.opened += 1
        if self.trouble is not None:
            raise self.trouble
        owner, _, secret = sealed.partition(b"|")
        if owner != tenant.encode():
            raise ValueError("the secret was sealed for another tenant")
        return msgspec.json.decode(secret, type=dict[str, Any])
