"""Text messages through Apprise. The number is the recipient's: every URL has a `{target}`."""

from functools import partial
from typing import Final

from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.service import Service

_Sms = partial(Service, channel=Channel.SMS, sample="+14155550100")

SERVICES: Final = (
    _Sms(
        vendor="bulksms",
        name="BulkSMS",
        plugin="bulksms.NotifyBulkSMS",
        schemes=("bulksms",),
        documentation="https://www.bulksms.com/developer/json/v1/",
        example="bulksms://token-id:token-secret@{target}",
        parameters=frozenset({"from", "route", "unicode"}),
    ),
    _Sms(
        vendor="clicksend",
        name="ClickSend",
        plugin="clicksend.NotifyClickSend",
        schemes=("clicksend",),
        documentation="https://developers.clicksend.com/docs/rest/v3/",
        example="clicksend://user:api-key@{target}",
    ),
    _Sms(
        vendor="octopush",
        name="Octopush",
        plugin="octopush.NotifyOctopush",
        schemes=("octopush",),
        documentation="https://dev.octopush.com/en/sms-gateway-api-documentation/send-sms/",
        example="octopush://login@example.com/api-key/{target}",
        limit=1_224,
        parameters=frozenset({"purpose", "replies", "type"}),
    ),
    _Sms(
        vendor="sinch",
        name="Sinch",
        plugin="sinch.NotifySinch",
        schemes=("sinch",),
        documentation="https://developers.sinch.com/docs/sms/api-reference/sms/batches/sendsms",
        example="sinch://" + "0" * 32 + ":" + "0" * 32 + "@14155550199/{target}",
        parameters=frozenset({"region"}),
    ),
    _Sms(
        vendor="smseagle",
        name="SMSEagle",
        plugin="smseagle.NotifySMSEagle",
        schemes=("smseagle", "smseagles"),
        documentation="https://www.smseagle.eu/api/",
        example="smseagles://access-token@sms.example.com/{target}",
        limit=1_200,
        hosted=True,
        parameters=frozenset({"flash", "priority"}),
    ),
    _Sms(
        vendor="telnyx",
        name="Telnyx",
        plugin="telnyx.NotifyTelnyx",
        schemes=("telnyx",),
        documentation="https://developers.telnyx.com/api-reference/messages/send-a-message",
        example="telnyx://api-key@14155550199/{target}",
        parameters=frozenset({"profile"}),
    ),
    _Sms(
        vendor="vonage",
        name="Vonage",
        plugin="vonage.NotifyVonage",
        schemes=("vonage", "nexmo"),
        documentation="https://developer.vonage.com/en/api/sms",
        example="vonage://api0key0:api0secret000000@14155550199/{target}",
        parameters=frozenset({"ttl"}),
    ),
)
