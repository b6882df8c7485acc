"""What one message of a request costs by the tenant's prices."""

from chalicelib.channels.base import UnshapeableError
from chalicelib.domain.pricing import depends_on_country, estimate
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel
from chalicelib.services.say import Say


def price_of(
    say: Say,
    request: NotificationRequest,
    recipient: Recipient,
    tenant: Tenant,
    channel: Channel,
    provider: str | None,
) -> int:
    """Return what a message costs on a channel through a provider, in millionths; 0 where the tenant names no price.

    A text message is priced by its segments and, where prices look at it, the country of its number; one that cannot be
    shaped will not be sent and costs nothing.
    """
    prices = [price for price in tenant.settings.prices if price.channel is channel]
    if not prices:
        return 0
    if channel is not Channel.SMS:
        return estimate(prices, channel, provider, None)
    # Few tenants have prices: the others do not load what counts segments.
    from chalicelib.channels import sms

    try:
        segments = sms.shape(say(request, channel, recipient, tenant), recipient, tenant).segments
    except UnshapeableError:
        return 0
    country = sms.country_of(recipient.phone) if recipient.phone and depends_on_country(prices, channel) else None
    return estimate(prices, channel, provider, country, segments)
