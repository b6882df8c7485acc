"""A recipient's subscription to the e-mails of a category, which they may end without an account or a password."""

from typing import Final

import msgspec

from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel

TRANSACTIONAL: Final = "transactional"
"""The category of what somebody is owed an answer by: nobody needs a way out of it (RFC 8058 is for the rest)."""


class Subscription(msgspec.Struct, frozen=True):
    """The e-mails of one category to one recipient."""

    tenant: TenantId
    user_type: UserType
    user_id: UserId
    category: str

    @classmethod
    def of(cls, request: NotificationRequest) -> "Subscription":
        """Return the subscription that a message is part of."""
        recipient = request.recipient
        return cls(request.tenant, recipient.user_type, recipient.user_id, request.category)


def can_be_ended(category: str, tenant: Tenant) -> bool:
    """Tell whether recipients may unsubscribe from a category."""
    return category != TRANSACTIONAL and category not in tenant.settings.mandatory_categories


def without(category: str, preferences: Preferences) -> Preferences:
    """Return the preferences with the e-mails of a category turned off."""
    chosen = preferences.categories.get(category, {}) | {Channel.EMAIL: False}
    return msgspec.structs.replace(preferences, categories=preferences.categories | {category: chosen})
