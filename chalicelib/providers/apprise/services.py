"""All services of Apprise that may be used, by channel and vendor."""

from typing import Final

from chalicelib.domain.words import Channel
from chalicelib.providers.apprise import alert, chat, push, sms
from chalicelib.providers.apprise.service import Service

SERVICES: Final = {
    (service.channel, service.vendor): service
    for service in (*sms.SERVICES, *push.SERVICES, *chat.SERVICES, *alert.SERVICES)
}


def vendors_of(channel: Channel) -> tuple[str, ...]:
    """Return the names of the vendors of a channel."""
    return tuple(vendor for of, vendor in SERVICES if of is channel)


def service_of(channel: Channel, vendor: str) -> Service:
    """Return a service; raises LookupError when there is none."""
    return SERVICES[channel, vendor]
