"""Unsubscribing: a recipient ends the e-mails of a category by the link that each of them carries."""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.errors import BusyError, HeraldError, NotFoundError
from chalicelib.domain.subscription import Subscription, can_be_ended, without
from chalicelib.domain.tenant import Tenant
from chalicelib.services.ports import StaleVersionError, StoredPreferences, TenantLookup

TRIES: Final = 10


class MandatoryCategoryError(HeraldError):
    """The tenant has to send the messages of this category."""

    code, status, title = "mandatory_category", 409, "These messages cannot be turned off"


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """The use case: look at a subscription, and end it."""

    preferences: StoredPreferences
    tenants: TenantLookup

    def look(self, subscription: Subscription) -> Tenant:
        """Return the tenant whose messages they are, and change nothing.

        Raises
        ------
        NotFoundError
            There is no such tenant any more.
        MandatoryCategoryError
            The subscription cannot be ended.
        """
        tenant = self.tenants.get(subscription.tenant)
        if tenant is None:
            raise NotFoundError
        if not can_be_ended(subscription.category, tenant):
            raise MandatoryCategoryError
        return tenant

    def __call__(self, subscription: Subscription) -> Tenant:
        """Turn the e-mails of the category off in the recipient's preferences, whatever else is changed of these at the
        same time; once is as good as often. Returns and raises like `look`; BusyError when others keep changing them.
        """
        tenant = self.look(subscription)
        user = (subscription.tenant, subscription.user_type, subscription.user_id)
        for _ in range(TRIES):
            chosen = self.preferences.get(*user)
            wanted = without(subscription.category, chosen)
            if wanted == chosen:
                return tenant
            try:
                self.preferences.put(*user, wanted)
            except StaleVersionError:
                continue
            return tenant
        raise BusyError("others keep changing the preferences")
