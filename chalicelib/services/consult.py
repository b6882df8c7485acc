"""Consulting: what the person wants, the suppression list and tombstones say last, right before a delivery is made."""

from dataclasses import dataclass

from chalicelib.domain.facts import Standing
from chalicelib.domain.outcome import Ended
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.rules import refusal_when_due
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.gather_facts import addresses
from chalicelib.services.ports import Backgrounds


@dataclass(frozen=True, slots=True)
class Consult:
    """Asks by one consistent read: an opt-out that was stored before is always seen."""

    backgrounds: Backgrounds

    def __call__(
        self, request: NotificationRequest, recipient: Recipient, tenant: Tenant, channel: Channel, now: Millis
    ) -> Ended | None:
        """Return what speaks against sending on `channel` now, or None."""
        background = self.backgrounds.when_sending(request, addresses(recipient, (channel,)))
        standing = Standing(
            request=request,
            tenant=tenant,
            preferences=background.preferences.over(tenant.settings.preferences),
            suppressed=frozenset(background.suppressed),
            cancelled=background.cancelled_at is not None,
        )
        return refusal_when_due(standing, channel, now)
