"""LunaSea's notification service, its module for custom notifications
(https://github.com/JagandeepBrar/lunasea-notification-service; its documentation is the service's own page,
https://notify.lunasea.app).
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import PushMessage
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.devices import combine
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster

if TYPE_CHECKING:
    from requests import Response

CODES: Final = {"Invalid User ID": "invalid_user_id", "No Devices Found": "no_devices_found"}
"""By the messages that the service has in the place of codes; what they mean, the HTTP status says:
https://github.com/JagandeepBrar/lunasea-notification-service/blob/master/src/utils/constants.ts."""
DEAD: Final = "invalid_user_id"
"""The account was deleted. One without a device may get another."""
WEBHOOK: Final = re.compile(r"https://notify\.lunasea\.app/v1/[a-z]+/(user|device)/([A-Za-z0-9_:.-]{1,500})\Z")
CUSTOM: Final = "https://notify.lunasea.app/v1/custom"
AT_ONCE: Final = 20
"""Requests: a recipient has about as many devices at most."""


class LunaSeaSettings(ProviderSettings, frozen=True):
    """Nothing: whoever knows the address of a person's webhook may write to it."""


class _Said(msgspec.Struct, frozen=True):
    """The body of every answer."""

    message: str


class LunaSea(Provider[LunaSeaSettings, PushMessage]):
    """Push notifications into the LunaSea app, to recipients whose device tokens are webhook addresses that it shows.

    The service answers before it asks Firebase to send, and names no message: accepted means that it will try.
    """

    channel: ClassVar = Channel.PUSH
    vendor: ClassVar = "lunasea"
    settings_type: ClassVar = LunaSeaSettings
    documentation: ClassVar = "https://notify.lunasea.app"
    capabilities: ClassVar = ("accounts and devices", "images")
    example: ClassVar[dict[str, Any]] = {}

    def __init__(self, settings: LunaSeaSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._poster = Poster(timeouts)

    def send(self, message: PushMessage) -> ProviderResult:
        """Post to each of the recipient's webhooks, side by side; other tokens are other vendors'."""
        addresses = {token: address for token in message.tokens if (address := address_of(token))}
        if not addresses:
            return misconfigured("no_lunasea_device")
        content = body_of(message)
        if len(addresses) == 1:
            results = [judged(self._poster.post(url, content)) for url in addresses.values()]
        else:
            with ThreadPoolExecutor(min(len(addresses), AT_ONCE)) as threads:
                answers = threads.map(lambda url: self._poster.post(url, content), addresses.values())
                results = [judged(answer) for answer in answers]
        return combine(tuple(addresses), results, DEAD)


def address_of(token: str) -> str | None:
    """Return where custom notifications for a device token go, None when it is no address of LunaSea's."""
    found = WEBHOOK.match(token)
    return f"{CUSTOM}/{found[1]}/{found[2]}" if found else None


def body_of(message: PushMessage) -> dict[str, str]:
    """Return the payload. LunaSea opens no links and takes no data."""
    texts = {"title": message.title, "body": message.body}
    return texts | ({"image": message.image} if message.image else {})


def judged(answer: "Response | Refused | Unsure") -> ProviderResult:
    """Return what the service's answer means."""
    if isinstance(answer, Refused | Unsure):
        return answer
    said = read(answer.content, _Said)
    if answer.ok:
        return Accepted() if said else Unsure(code="unreadable_answer")
    code = CODES.get(said.message, f"http_{answer.status_code}") if said else None
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), {}, time.time())
