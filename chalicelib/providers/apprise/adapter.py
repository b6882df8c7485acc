"""The one provider behind all services of Apprise (https://appriseit.com/dev/)."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import escape
from typing import Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import AlertMessage, Message
from chalicelib.domain.content import AlertAction
from chalicelib.domain.provider import ProviderResult
from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.calling import notify, within
from chalicelib.providers.apprise.guarded import guarded_by
from chalicelib.providers.apprise.messages import is_target, targets_of, type_of, words_of
from chalicelib.providers.apprise.service import TARGET, Service
from chalicelib.providers.apprise.urls import UnusableUrlError, check, filled, plugin_of
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.devices import combine
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard

PATIENCE: Final = 1.5
"""How often the time of one request all those of a message may take together: less than twice, as a lease lasts."""
CAPABILITIES: Final = {
    Channel.SMS: "text",
    Channel.PUSH: "title and text",
    Channel.CHAT: "title and text",
    Channel.ALERT: "summary and text",
}


class AppriseSettings(ProviderSettings, frozen=True):
    """The Apprise URL of a service. All of it is a credential: each service has its secrets somewhere else in it."""

    url: Annotated[str, msgspec.Meta(pattern=r"^[!-~]+\Z", max_length=1_000)]


class AppriseProvider(Provider[AppriseSettings, Any]):
    """A service that Apprise calls. Each call is made by a plugin of its own, which remembers nothing."""

    service: ClassVar[Service]
    settings_type: ClassVar = AppriseSettings
    secrets: ClassVar = frozenset({"url"})
    through: ClassVar = "Apprise"

    def __init__(self, settings: AppriseSettings, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        super().__init__(settings, timeouts, guard)
        self.check(settings, guard)

    @classmethod
    def check(cls, settings: AppriseSettings, guard: HostGuard = PUBLIC_ONLY) -> None:
        """Raise SettingError for a URL that is not one of the service, or has something in it that may not be."""
        check(cls.service, settings.url, guard)

    def send(self, message: Message) -> ProviderResult:
        """Send to whom the URL names, or to each target of the message, all at once: users have a few dozen devices at
        most. One that is reached is accepted.
        """
        parameters = self._parameters(message)
        if parameters is None:
            return misconfigured("unsupported_action")
        if TARGET not in self.settings.url:
            return self._send(message, self.settings.url, parameters)
        targets = targets_of(message, self.vendor)
        if not targets:
            return misconfigured("missing_target")
        with ThreadPoolExecutor(len(targets)) as threads:
            results = list(threads.map(lambda target: self._send_to(message, target, parameters), targets))
        return combine(targets, results)

    def exceeds_limits(self, message: Message) -> bool:
        """Tell whether the text is longer than the service takes."""
        title, body = words_of(message)
        characters = len(body) + (len(title) if self.channel is Channel.CHAT else 0)
        return self.character_limit is not None and characters > self.character_limit

    def _parameters(self, message: Message) -> dict[str, str] | None:
        """Return what a message adds to the URL, None for an action that the service has not."""
        # The timeouts of its sockets, in seconds (https://appriseit.com/getting-started/universal-syntax/).
        timeouts = {"cto": str(self.timeouts.connect), "rto": str(self.timeouts.read)}
        if not isinstance(message, AlertMessage):
            return timeouts
        action = self.service.actions.get(message.action)
        if action is None:
            return None
        return {**timeouts, "action": action, self.service.dedup: message.dedup_key}

    def _send_to(self, message: Message, target: str, parameters: dict[str, str]) -> ProviderResult:
        if not is_target(self.service, target):
            return misconfigured("invalid_target")
        return self._send(message, filled(self.settings.url, target), parameters)

    def _send(self, message: Message, url: str, parameters: dict[str, str]) -> ProviderResult:
        try:
            plugin = plugin_of(self.service, url, parameters)
        except UnusableUrlError:
            plugin = None
        if plugin is None or len(plugin) != 1:
            return misconfigured("invalid_target")
        title, body = words_of(message)
        if self.service.html:
            title, body = escape(title, quote=False), escape(body, quote=False)
        words = {"title": title, "body": body, "body_format": "html" if self.service.html else "text"}

        def call() -> ProviderResult:
            with guarded_by(self.guard):
                return notify(plugin, **words, notify_type=type_of(message))

        return within(PATIENCE * self.timeouts.total, call)


@cache
def class_of(channel: Channel, vendor: str) -> type[AppriseProvider]:
    """Return the provider of a service; raises LookupError when there is none."""
    from chalicelib.providers.apprise.services import service_of

    service = service_of(channel, vendor)
    return type(
        "Apprise",
        (AppriseProvider,),
        {
            "__doc__": f"{service.name} through Apprise.",
            "service": service,
            "guarded": service.hosted,
            "channel": channel,
            "vendor": vendor,
            "documentation": service.documentation,
            "capabilities": _capabilities(service),
            "example": {"url": service.example},
            "character_limit": service.limit,
        },
    )


def _capabilities(service: Service) -> tuple[str, ...]:
    own = ("own server",) if service.hosted else ()
    actions = tuple(f"{action}s" for action in AlertAction if action in service.actions)
    personal = ("to the recipient",) if TARGET in service.example and service.channel is Channel.CHAT else ()
    return (CAPABILITIES[service.channel], *actions, *personal, *own)
