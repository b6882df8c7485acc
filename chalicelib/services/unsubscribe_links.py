"""The links by which recipients end the e-mails of a category."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.subscription import Subscription, can_be_ended
from chalicelib.domain.tenant import Tenant


@dataclass(frozen=True, slots=True)
class UnsubscribeLinks:
    """Makes links below `public_url`, where Herald is reached from anywhere; `sign` returns a subscription's token."""

    public_url: str
    sign: Callable[[Subscription], str]

    def __call__(self, request: NotificationRequest, tenant: Tenant) -> str | None:
        """Return the link of a message, None where there is no way out of its category."""
        if not can_be_ended(request.category, tenant):
            return None
        return f"{self.public_url.rstrip('/')}/unsubscribe/{self.sign(Subscription.of(request))}"
