"""Identifiers. A `TenantId` is the only thing a key can be built from, so it cannot exist unless it is well-formed."""

import re
import uuid
from typing import ClassVar, Final, NewType, Self

from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.value import Millis

UserId = NewType("UserId", str)
UserType = NewType("UserType", str)
NotificationId = NewType("NotificationId", str)
RequestId = NewType("RequestId", str)
DEFAULT_USER_TYPE: Final = UserType("customer")
"""The type of a user of whom nobody says one."""
ProviderId = NewType("ProviderId", str)
"""The name a tenant gave to one configured provider (`primary-email`), unique within the tenant."""
ClientId = NewType("ClientId", str)
PolicyId = NewType("PolicyId", str)
RotaId = NewType("RotaId", str)
DeviceId = NewType("DeviceId", str)
"""Names a device of a user without telling its token."""
TopicKey = NewType("TopicKey", str)
TemplateKey = NewType("TemplateKey", str)
FragmentKey = NewType("FragmentKey", str)
"""Names a layout or partial of a tenant."""

PROVIDER_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""What a tenant may call a provider: without a colon, for ids that have one belong to the providers a stage offers."""
POLICY_ID: Final = PROVIDER_ID
"""What a tenant may call an escalation policy; a rota likewise."""
TOPIC_KEY: Final = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
"""What a topic may be called: nothing that would be another part of a path."""
TEMPLATE_KEY: Final = PROVIDER_ID
"""What a tenant may call a template; a layout, a partial and a category likewise."""
CLIENT_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}"
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|+=~-]{0,127}\Z")
_DEVICE_ID = re.compile(r"[0-9a-f]{32}\Z")
_USER_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z")
_NAMESPACE = uuid.UUID("5f9c1c1e-6a0b-5c7e-9d55-9b7a3f4f1d10")


class TenantId(str):
    """The id of a tenant: 1 to 48 of ``a-z 0-9 -``, beginning with a letter or digit.

    Raises
    ------
    InvalidIdError
        When the text is anything else; hence text from outside cannot smuggle a key separator in.
    """

    __slots__ = ()
    _SHAPE: ClassVar = re.compile(r"[a-z0-9][a-z0-9-]{0,47}\Z")

    def __new__(cls, text: str) -> Self:
        """Return the tenant id in `text`, or raise InvalidIdError."""
        if not cls._SHAPE.match(text):
            raise InvalidIdError("tenant id", text)
        return super().__new__(cls, text)

    @classmethod
    def platform(cls) -> Self:
        """The reserved tenant that owns rows of the platform itself (tenant registry, client ids)."""
        return super().__new__(cls, "_platform")


def parse_notification_id(text: str) -> NotificationId:
    """Return the canonical notification id in `text`.

    Raises
    ------
    InvalidIdError
        When it is not a UUID in its canonical lower-case form.
    """
    try:
        if str(uuid.UUID(text)) == text:
            return NotificationId(text)
    except ValueError:
        pass
    raise InvalidIdError("notification id", text)


def parse_provider_id(text: str) -> ProviderId:
    """Return the id of a tenant's provider in `text` (`PROVIDER_ID`); InvalidIdError otherwise."""
    if not re.fullmatch(PROVIDER_ID, text):
        raise InvalidIdError("provider id", text)
    return ProviderId(text)


def parse_policy_id(text: str) -> PolicyId:
    """Return the id of a tenant's escalation policy in `text` (`POLICY_ID`); InvalidIdError otherwise."""
    if not re.fullmatch(POLICY_ID, text):
        raise InvalidIdError("policy id", text)
    return PolicyId(text)


def parse_rota_id(text: str) -> RotaId:
    """Return the id of a tenant's rota in `text` (`POLICY_ID`); InvalidIdError otherwise."""
    if not re.fullmatch(POLICY_ID, text):
        raise InvalidIdError("rota id", text)
    return RotaId(text)


def parse_template_key(text: str) -> TemplateKey:
    """Return the key of a tenant's template in `text` (`TEMPLATE_KEY`); InvalidIdError otherwise."""
    if not re.fullmatch(TEMPLATE_KEY, text):
        raise InvalidIdError("template key", text)
    return TemplateKey(text)


def parse_topic_key(text: str) -> TopicKey:
    """Return the topic's key in `text` (`TOPIC_KEY`); InvalidIdError otherwise."""
    if not re.fullmatch(TOPIC_KEY, text):
        raise InvalidIdError("topic", text)
    return TopicKey(text)


def parse_device_id(text: str) -> DeviceId:
    """Return the id of a device in `text`, 32 hexadecimal digits; InvalidIdError otherwise."""
    if not _DEVICE_ID.match(text):
        raise InvalidIdError("device id", text)
    return DeviceId(text)


def parse_client_id(text: str) -> ClientId:
    """Return the client id in `text` (`CLIENT_ID`); InvalidIdError otherwise."""
    if not re.fullmatch(CLIENT_ID, text):
        raise InvalidIdError("client id", text)
    return ClientId(text)


def parse_user_id(text: str) -> UserId:
    """Return the user id in `text`: 1 to 128 characters such as UUIDs, e-mail addresses and subjects have.

    Raises
    ------
    InvalidIdError
        When it has other characters, above all one that separates the parts of a key or of a path.
    """
    if not _USER_ID.match(text):
        raise InvalidIdError("user id", text)
    return UserId(text)


def parse_user_type(text: str) -> UserType:
    """Return the user type in `text`, 1 to 32 of ``a-z 0-9 _ -`` beginning with a letter; InvalidIdError otherwise."""
    if not _USER_TYPE.match(text):
        raise InvalidIdError("user type", text)
    return UserType(text)


def time_ordered_id(now: Millis, randomness: bytes) -> str:
    """Return a UUIDv7 (RFC 9562 §5.7) of `now` and ten random bytes."""
    high = (now & 0xFFFF_FFFF_FFFF) << 80
    low = int.from_bytes(randomness[:10], "big")
    value = high | low
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def derived_id(*parts: str) -> str:
    """Return the UUIDv5 of `parts`: the same parts always give the same id, different parts another one."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(f"{len(part)}:{part}" for part in parts)))
