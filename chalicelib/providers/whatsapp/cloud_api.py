"""Meta's WhatsApp Cloud API
(https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages).
"""

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import msgspec

from chalicelib.channels.base import Message, WhatsappMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import ApiKey, Provider, ProviderSettings, Timeouts
from chalicelib.providers.cloud_api_messages import body_of
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster

if TYPE_CHECKING:
    from requests import Response

HOST: Final = "https://graph.facebook.com"
SESSION_WINDOW_CLOSED: Final = "session_window_closed"
UNKNOWN_SENDER: Final = "unknown_phone_number_id"
NAMES: Final = {"131047": SESSION_WINDOW_CLOSED}
"""Meta's codes that Herald has a word for: 131047: the customer wrote more than 24 hours ago, or never. Until they
write again only a template reaches them."""
NO_SUCH_OBJECT: Final = 33
"""The subcode by which code 100 says that the address of the request names nothing the token may see."""
LIMITED: Final = frozenset({"4", "80007", "130429", "131048", "131056", "132069"})
"""Codes that say that there was too much of something, which says nothing of Meta's own health."""
OUTCOMES: Final = {
    # The account, its number or its token: another provider may still deliver.
    UNKNOWN_SENDER: AttemptOutcome.MISCONFIGURED,
    **dict.fromkeys(("0", "3", "10", "190"), AttemptOutcome.MISCONFIGURED),  # token, its permissions
    **dict.fromkeys(map(str, range(200, 300)), AttemptOutcome.MISCONFIGURED),  # permissions
    "33": AttemptOutcome.MISCONFIGURED,  # the number was deleted
    "368": AttemptOutcome.MISCONFIGURED,  # blocked for violating policies
    "130497": AttemptOutcome.MISCONFIGURED,  # may not write to this country
    "131005": AttemptOutcome.MISCONFIGURED,  # access denied
    "131030": AttemptOutcome.MISCONFIGURED,  # a test number writes to listed recipients only
    "131031": AttemptOutcome.MISCONFIGURED,  # the account is locked
    "131037": AttemptOutcome.MISCONFIGURED,  # the number's display name is not approved
    "131042": AttemptOutcome.MISCONFIGURED,  # not paid for
    "131045": AttemptOutcome.MISCONFIGURED,  # the number's certificate
    "133010": AttemptOutcome.MISCONFIGURED,  # the number is not registered
    # Later it may be taken.
    **dict.fromkeys(("1", "2", "131000", "131016", "133004"), AttemptOutcome.RETRIABLE),  # Meta's own troubles
    **dict.fromkeys(("4", "80007", "130429"), AttemptOutcome.RETRIABLE),  # too many calls or messages
    "131048": AttemptOutcome.RETRIABLE,  # too many messages were taken for spam
    "131056": AttemptOutcome.RETRIABLE,  # too many messages to this recipient
    "131057": AttemptOutcome.RETRIABLE,  # the account is in maintenance
    "132069": AttemptOutcome.RETRIABLE,  # the template's flow is throttled
    # This recipient or this message, never.
    SESSION_WINDOW_CLOSED: AttemptOutcome.PERMANENT,
    "100": AttemptOutcome.PERMANENT,  # invalid parameter
    "130472": AttemptOutcome.PERMANENT,  # the recipient is part of an experiment
    "131008": AttemptOutcome.PERMANENT,  # a parameter is missing
    "131009": AttemptOutcome.PERMANENT,  # the value of a parameter
    "131021": AttemptOutcome.PERMANENT,  # the recipient is the sender
    "131026": AttemptOutcome.PERMANENT,  # undeliverable: no WhatsApp, or too old a one
    "131049": AttemptOutcome.PERMANENT,  # Meta spares the recipient more marketing
    "131050": AttemptOutcome.PERMANENT,  # the recipient wants no marketing
    "131051": AttemptOutcome.PERMANENT,  # no such kind of message
    "131052": AttemptOutcome.PERMANENT,  # the medium could not be fetched
    "131053": AttemptOutcome.PERMANENT,  # the medium is of a kind or size that WhatsApp does not take
    "132000": AttemptOutcome.PERMANENT,  # the number of the template's parameters
    "132001": AttemptOutcome.PERMANENT,  # no such template in this language
    "132005": AttemptOutcome.PERMANENT,  # filled, the template is too long
    "132007": AttemptOutcome.PERMANENT,  # the template violates a policy
    "132012": AttemptOutcome.PERMANENT,  # the format of the template's parameters
    "132015": AttemptOutcome.PERMANENT,  # the template is paused
    "132016": AttemptOutcome.PERMANENT,  # the template is disabled
    "132068": AttemptOutcome.PERMANENT,  # the template's flow is blocked
}
"""Error codes (https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes): Meta
says to go by them rather than by the HTTP status."""


class CloudApiSettings(ProviderSettings, frozen=True):
    """How a tenant uses the Cloud API: by the id of its number (not the number), with a system user's token, in a
    version of the Graph API (https://developers.facebook.com/docs/graph-api/changelog/versions, each lives two years).
    """

    phone_number_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5,20}\Z")]
    access_token: ApiKey
    api_version: Annotated[str, msgspec.Meta(pattern=r"^v[1-9][0-9]\.[0-9]\Z")] = "v25.0"


class _Sent(msgspec.Struct, frozen=True):
    """A message that was taken."""

    id: Annotated[str, msgspec.Meta(pattern=r"^wamid\.")]


class _Taken(msgspec.Struct, frozen=True):
    """The body of a success."""

    messages: Annotated[tuple[_Sent, ...], msgspec.Meta(min_length=1)]


class _Number(msgspec.Struct, frozen=True):
    """What is told of the number."""

    id: str


class _Error(msgspec.Struct, frozen=True):
    code: int
    error_subcode: int | None = None


class _Refusal(msgspec.Struct, frozen=True):
    """The body of every error."""

    error: _Error


class CloudApi(Provider[CloudApiSettings, WhatsappMessage]):
    """WhatsApp messages through Meta, from a number of the business."""

    channel: ClassVar = Channel.WHATSAPP
    vendor: ClassVar = "cloud_api"
    settings_type: ClassVar = CloudApiSettings
    secrets: ClassVar = frozenset({"accessToken"})
    documentation: ClassVar = (
        "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages"
    )
    capabilities: ClassVar = ("text", "templates", "media", "location", "contacts")
    example: ClassVar = {"phoneNumberId": "106540352242922", "accessToken": "EAAexample"}
    character_limit: ClassVar = 4_096
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages"""
    caption_limit: ClassVar = 1_024
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages"""
    contact_limit: ClassVar = 257
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages"""

    def __init__(self, settings: CloudApiSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._number = f"{HOST}/{settings.api_version}/{settings.phone_number_id}"
        self._token = {"Authorization": f"Bearer {settings.access_token}"}
        self._poster = Poster(timeouts)

    def send(self, message: WhatsappMessage) -> ProviderResult:
        """Post the message; its id (`wamid.…`) is what status reports name."""
        answer = self._poster.post(f"{self._number}/messages", body_of(message), self._token)
        if isinstance(answer, Refused | Unsure):
            return answer
        if answer.status_code != HTTPStatus.OK:
            return _judge(answer)
        taken = read(answer.content, _Taken)
        return Unsure(code="unreadable_answer") if taken is None else Accepted(vendor_id=taken.messages[0].id)

    def probe(self) -> ProviderResult:
        """Look at the number, which the token must be allowed to see.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
        """
        answer = self._poster.get(f"{self._number}?fields=id", self._token)
        if isinstance(answer, Refused | Unsure):
            return answer
        if answer.status_code != HTTPStatus.OK:
            return _judge(answer)
        return Unsure(code="unreadable_answer") if read(answer.content, _Number) is None else Accepted()

    def exceeds_limits(self, message: Message) -> bool:
        """Tell whether Meta would refuse the text, the caption or the number of contacts."""
        if super().exceeds_limits(message) or not isinstance(message, WhatsappMessage):
            return True
        media, contacts = message.content.media, message.content.contacts
        caption = (media.caption if media else None) or ""
        return len(caption) > self.caption_limit or len(contacts) > self.contact_limit


def _judge(answer: "Response") -> Refused | Unsure:
    refusal = read(answer.content, _Refusal)
    retry_after = answer.headers.get("Retry-After")
    code = None if refusal is None else _code(refusal.error)
    judged = judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), OUTCOMES, time.time())
    limited = isinstance(judged, Refused) and code in LIMITED
    return msgspec.structs.replace(judged, telling=False) if limited else judged


def _code(error: _Error) -> str:
    code = str(error.code)
    if code == "100" and error.error_subcode == NO_SUCH_OBJECT:
        return UNKNOWN_SENDER
    return NAMES.get(code, code)
