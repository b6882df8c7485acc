"""Who is notified: a user of a tenant, with the addresses they can be reached at."""

from typing import Any

import msgspec

from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.value import Value


class Recipient(Value, frozen=True):
    """A user of a tenant. Unknown fields are None or empty, never guessed.

    `chat_targets` are their names or rooms at chat services, by vendor (`telegram`, `matrix`, …).
    """

    user_type: UserType
    user_id: UserId
    email: str | None = None
    phone: str | None = None
    device_tokens: tuple[str, ...] = ()
    chat_targets: dict[str, str] = msgspec.field(default_factory=dict)
    locale: str | None = None
    time_zone: str | None = None
    attributes: dict[str, Any] = msgspec.field(default_factory=dict)
    roles: tuple[str, ...] = ()

    def completed_by(self, stored: "Recipient | None") -> "Recipient":
        """Return this recipient with what it leaves open taken from `stored` (the request's own data wins)."""
        if stored is None:
            return self
        return msgspec.structs.replace(
            self,
            email=self.email or stored.email,
            phone=self.phone or stored.phone,
            device_tokens=self.device_tokens or stored.device_tokens,
            chat_targets=stored.chat_targets | self.chat_targets,
            locale=self.locale or stored.locale,
            time_zone=self.time_zone or stored.time_zone,
            attributes=stored.attributes | self.attributes,
            roles=self.roles or stored.roles,
        )

    def told(self) -> dict[str, Any]:
        """Return what a template may say of them: no addresses, for what is said in an inbox is seen elsewhere."""
        return {
            "userId": self.user_id,
            "userType": self.user_type,
            "locale": self.locale or "",
            "attributes": self.attributes,
        }
