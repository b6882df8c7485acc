"""Facts of a decision as tests need them: a good request for a reachable recipient, unless said otherwise."""

from typing import Any

from chalicelib.domain.facts import Facts
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.state import Source
from chalicelib.domain.words import Channel
from tests.build import NOW, a_recipient, a_request, a_tenant


def a_provider(id: str = "main", **changes: Any) -> ProviderConfig:
    """Return an enabled e-mail provider."""
    fields: dict[str, Any] = {"id": ProviderId(id), "channel": Channel.EMAIL, "vendor": "smtp"}
    return ProviderConfig(**(fields | changes))


def facts(**changes: Any) -> Facts:
    """Return the facts of an e-mail to somebody who can be reached on every channel."""
    fields: dict[str, Any] = {
        "request": a_request(),
        "recipient": a_recipient(),
        "recipient_from": Source.REQUEST,
        "tenant": a_tenant(),
        "providers": {
            Channel.EMAIL: (a_provider("main"), a_provider("spare")),
            Channel.SMS: (a_provider("texts", channel=Channel.SMS, vendor="twilio"),),
            Channel.PUSH: (a_provider("pushes", channel=Channel.PUSH, vendor="fcm"),),
        },
        "check_address": lambda channel, recipient: None,
        "now": NOW,
        "estimate": lambda channel: 0,
    }
    return Facts(**(fields | changes))
