"""Ids in paths. One that no row could have answers like one that no row has."""

from chalicelib.domain.errors import InvalidIdError, NotFoundError
from chalicelib.domain.ids import (
    ClientId,
    DeviceId,
    FragmentKey,
    NotificationId,
    PolicyId,
    ProviderId,
    RotaId,
    TemplateKey,
    TenantId,
    TopicKey,
    UserId,
    UserType,
    parse_client_id,
    parse_device_id,
    parse_notification_id,
    parse_policy_id,
    parse_provider_id,
    parse_rota_id,
    parse_template_key,
    parse_topic_key,
    parse_user_id,
    parse_user_type,
)
from chalicelib.domain.words import Channel

MOST_DIGITS = 7
"""Of the number of a version."""


def notification_id(text: str) -> NotificationId:
    """Return the notification id in `text`; raises NotFoundError when it is none."""
    try:
        return parse_notification_id(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def tenant_id(text: str) -> TenantId:
    """Return the tenant id in `text`; raises NotFoundError when it is none."""
    try:
        return TenantId(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def provider_id(text: str) -> ProviderId:
    """Return the provider id in `text`; raises NotFoundError when it is none."""
    try:
        return parse_provider_id(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def policy_id(text: str) -> PolicyId:
    """Return the policy id in `text`; raises NotFoundError when it is none."""
    try:
        return parse_policy_id(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def rota_id(text: str) -> RotaId:
    """Return the rota id in `text`; raises NotFoundError when it is none."""
    try:
        return parse_rota_id(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def template_key(text: str) -> TemplateKey:
    """Return the key of a template in `text`; raises NotFoundError when it is none."""
    try:
        return parse_template_key(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def fragment_key(text: str) -> FragmentKey:
    """Return the key of a layout or partial in `text`; raises NotFoundError when it is none."""
    return FragmentKey(template_key(text))


def version_number(text: str) -> int:
    """Return the number of a version in `text`; raises NotFoundError when it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFoundError
    return int(text)


def device_id(text: str) -> DeviceId:
    """Return the id of a device in `text`; raises NotFoundError when it is none."""
    try:
        return parse_device_id(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def topic_key(text: str) -> TopicKey:
    """Return the topic's key in `text`; raises NotFoundError when it is none."""
    try:
        return parse_topic_key(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def channel_name(text: str) -> Channel:
    """Return the channel in `text`; raises NotFoundError when it is none."""
    try:
        return Channel.parse(text)
    except ValueError as error:
        raise NotFoundError("There is no such channel") from error


def client_id(text: str) -> ClientId:
    """Return the client id in `text`; raises NotFoundError when it is none."""
    try:
        return parse_client_id(text)
    except InvalidIdError as error:
        raise NotFoundError from error


def user(user_type: str, user_id: str) -> tuple[UserType, UserId]:
    """Return the user type and id in two texts; raises NotFoundError when one is none."""
    try:
        return parse_user_type(user_type), parse_user_id(user_id)
    except InvalidIdError as error:
        raise NotFoundError from error
