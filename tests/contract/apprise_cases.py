"""What each service of Apprise is sent for the same message, as the vendor documents it: method, address and body.

The address of the documentation of each is in `chalicelib/providers/apprise`; the URL is the example there.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.channels.base import AlertMessage, ChatMessage, Message, PushMessage, SmsMessage
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.services import service_of
from infra.local.sandbox.records import Record

REFERENCE: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
NUMBER: Final = "+14155550100"
TITLE: Final = "Your order"
TEXT: Final = "It is on its way. Grüße"
LINK: Final = "https://example.com/orders/42"
BODY: Final = f"{TEXT}\n\n{LINK}"
ALL: Final = f"{TITLE}\r\n{BODY}"
"""Where a service has no title, Apprise puts it above the text."""
MARKED_BODY: Final = BODY.replace(".", "\\.")
"""Where it is Markdown, Apprise escapes what would be marks."""
DEDUP: Final = "disk/1 & more"
ANY_ID: Final = "<id>"
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-(?!0{12})[0-9a-f]{12}")


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    url: str
    body: Any


def sent_as(record: Record) -> Sent:
    """Return what was sent; ids that Apprise makes up are `ANY_ID`."""
    body = json.loads(_UUID.sub(ANY_ID, json.dumps(record.body)))
    return Sent(record.method, _UUID.sub(ANY_ID, record.url), body)


def expected(channel: Channel, vendor: str) -> tuple[Sent, ...]:
    """Return what the vendor must get."""
    sent = SENT[channel, vendor]
    return sent if isinstance(sent, tuple) else (sent,)


def message_for(channel: Channel, vendor: str) -> Message:
    """Return the message of a channel, to a recipient as the vendor knows them."""
    sample = service_of(channel, vendor).sample
    match channel:
        case Channel.SMS:
            return SmsMessage(reference=REFERENCE, to=NUMBER, text=TEXT, segments=1)
        case Channel.PUSH:
            return PushMessage(reference=REFERENCE, tokens=(sample,), title=TITLE, body=TEXT)
        case Channel.CHAT:
            return ChatMessage(reference=REFERENCE, text=TEXT, title=TITLE, link=LINK, targets={vendor: sample})
        case _:
            return an_alert(AlertAction.TRIGGER)


def an_alert(action: AlertAction) -> AlertMessage:
    """Return an alert that does this."""
    return AlertMessage(
        reference=REFERENCE,
        action=action,
        severity=Severity.CRITICAL,
        summary=TITLE,
        text=TEXT,
        source="shop",
        dedup_key=DEDUP,
        link=LINK,
    )


def _post(url: str, body: Any) -> Sent:
    return Sent("POST", f"https://{url}", body)


_MATRIX: Final = "matrix.example.com/_matrix/client/v3"
_MATRIX_ROOM: Final = "%21room%3Amatrix.example.com"

SENT: Final[dict[tuple[Channel, str], Sent | tuple[Sent, ...]]] = {
    (Channel.SMS, "bulksms"): _post(
        "api.bulksms.com/v1/messages",
        {"to": NUMBER, "body": TEXT, "routingGroup": "STANDARD", "encoding": "UNICODE", "deliveryReports": "ERRORS"},
    ),
    (Channel.SMS, "clicksend"): _post(
        "rest.clicksend.com/v3/sms/send", {"messages": [{"source": "php", "body": TEXT, "to": NUMBER}]}
    ),
    (Channel.SMS, "octopush"): _post(
        "api.octopush.com/v1/public/sms-campaign/send",
        {
            "recipients": [{"phone_number": NUMBER}],
            "text": TEXT,
            "type": "sms_premium",
            "purpose": "alert",
            "sender": "Herald",
            "with_replies": False,
        },
    ),
    (Channel.SMS, "sinch"): _post(
        f"us.sms.api.sinch.com/xms/v1/{'0' * 32}/batches", {"body": TEXT, "from": "+14155550199", "to": [NUMBER]}
    ),
    (Channel.SMS, "smseagle"): _post(
        "sms.example.com/jsonrpc/sms",
        {
            "method": "sms.send_sms",
            "params": {
                "to": NUMBER,
                "access_token": "access-token",
                "message": TEXT,
                "highpriority": 0,
                "unicode": 1,
                "message_type": "sms",
                "responsetype": "extended",
                "flash": 0,
                "test": 0,
            },
        },
    ),
    (Channel.SMS, "telnyx"): _post("api.telnyx.com/v2/messages", {"from": "+14155550199", "to": NUMBER, "text": TEXT}),
    (Channel.SMS, "vonage"): _post(
        "rest.nexmo.com/sms/json",
        {
            "api_key": "api0key0",
            "api_secret": "api0secret000000",
            "ttl": "900000",
            "from": "14155550199",
            "text": TEXT,
            "to": NUMBER.removeprefix("+"),
        },
    ),
    (Channel.PUSH, "bark"): _post("bark.example.com/push", {"device_key": "device-1", "title": TITLE, "body": TEXT}),
    (Channel.PUSH, "gorush"): _post(
        "gorush.example.com/api/push",
        {"notifications": [{"tokens": ["device-1"], "platform": 2, "message": TEXT, "title": TITLE}]},
    ),
    (Channel.PUSH, "gotify"): _post("gotify.example.com/message", {"priority": 5, "title": TITLE, "message": TEXT}),
    (Channel.PUSH, "ntfy"): _post("ntfy.example.com/", {"topic": "topic", "title": TITLE, "message": TEXT}),
    (Channel.PUSH, "prowl"): _post(
        "api.prowlapp.com/publicapi/add",
        {"apikey": "0" * 40, "application": "Herald", "event": TITLE, "description": TEXT, "priority": "0"},
    ),
    (Channel.PUSH, "pushbullet"): _post("api.pushbullet.com/v2/pushes", {"type": "note", "title": TITLE, "body": TEXT}),
    (Channel.PUSH, "pushover"): _post(
        "api.pushover.net/1/messages.json",
        {
            "token": "a" * 30,
            "user": "u" * 30,
            "title": TITLE,
            "message": TEXT,
            "priority": "0",
            "sound": "pushover",
            "device": "ALL_DEVICES",
        },
    ),
    (Channel.PUSH, "pushsafer"): _post(
        "www.pushsafer.com/api", {"t": TITLE, "m": TEXT, "i": "25", "c": "#3AA3E3", "d": "a", "k": "private-key"}
    ),
    (Channel.PUSH, "pushy"): _post(
        "api.pushy.me/push?api_key=secret-api-key",
        {"to": "a0b1c2d3e4f5", "data": {"message": TEXT}, "notification": {"body": TEXT, "title": TITLE}},
    ),
    (Channel.CHAT, "dingtalk"): _post(
        "oapi.dingtalk.com/robot/send?access_token=access0token",
        {"msgtype": "text", "at": {"atMobiles": [], "isAtAll": False}, "text": {"content": ALL}},
    ),
    (Channel.CHAT, "feishu"): _post(
        "open.feishu.cn/open-apis/bot/v2/hook/hook-token/", {"msg_type": "text", "content": {"text": ALL}}
    ),
    (Channel.CHAT, "google_chat"): _post(
        "chat.googleapis.com/v1/spaces/space/messages?token=token&key=key", {"text": f"*{TITLE}*\n{BODY}"}
    ),
    (Channel.CHAT, "groupme"): _post("api.groupme.com/v3/bots/post", {"bot_id": "0" * 26, "text": ALL}),
    (Channel.CHAT, "home_assistant"): _post(
        "home.example.com/api/services/persistent_notification/create",
        {"title": TITLE, "message": BODY, "notification_id": ANY_ID},
    ),
    (Channel.CHAT, "lark"): _post(
        "open.larksuite.com/open-apis/bot/v2/hook/00000000-0000-4000-8000-000000000000",
        {"msg_type": "text", "content": {"text": f"{TITLE}\n{BODY}"}},
    ),
    (Channel.CHAT, "line"): _post(
        "api.line.me/v2/bot/message/push",
        {"to": "U0123456789", "messages": [{"type": "text", "text": ALL, "sender": {"name": "Herald"}}]},
    ),
    (Channel.CHAT, "matrix"): (
        Sent("GET", f"https://{_MATRIX}/account/whoami", None),
        _post(f"{_MATRIX}/join/{_MATRIX_ROOM}", {}),
        Sent(
            "PUT",
            f"https://{_MATRIX}/rooms/{_MATRIX_ROOM}/send/m.room.message/{ANY_ID}",
            {"msgtype": "m.text", "body": f"# {ALL}"},
        ),
    ),
    (Channel.CHAT, "mattermost"): _post(
        f"mattermost.example.com/hooks/{'0' * 26}", {"text": ALL, "username": "Herald"}
    ),
    (Channel.CHAT, "nextcloud_talk"): _post(
        "cloud.example.com/ocs/v2.php/apps/spreed/api/v1/chat/roomid", {"message": ALL}
    ),
    (Channel.CHAT, "onebot"): _post(
        "onebot.example.com/send_private_msg",
        {"user_id": 123456, "message": [{"type": "text", "data": {"text": ALL}}]},
    ),
    (Channel.CHAT, "rocketchat"): _post(
        f"chat.example.com/hooks/{'0' * 24}/{'0' * 24}",
        {"text": f"# {TITLE}\n{MARKED_BODY}", "channel": "#general"},
    ),
    (Channel.CHAT, "signal"): _post(
        "signal.example.com/v2/send",
        {"message": ALL, "number": "+14155550199", "text_mode": "normal", "recipients": [NUMBER]},
    ),
    (Channel.CHAT, "telegram"): _post(
        "api.telegram.org/bot123456789:bot-token_of_the_bot/sendMessage",
        {
            "chat_id": 12315544,
            "text": f"<b>{TITLE}</b>\r\n" + BODY.replace("\n", "\r\n"),
            "parse_mode": "HTML",
            "disable_notification": False,
            "disable_web_page_preview": True,
        },
    ),
    (Channel.CHAT, "viber"): _post(
        "chatapi.viber.com/pa/send_message",
        {"type": "text", "text": ALL, "sender": {"name": "Herald"}, "receiver": "01234567890A="},
    ),
    (Channel.CHAT, "zoom"): _post(
        "inbots.zoom.us/incoming/hook/webhook-id?format=full",
        {"content": {"head": {"text": TITLE}, "body": [{"type": "message", "text": BODY}]}},
    ),
    (Channel.CHAT, "zulip"): _post(
        "organization.zulipchat.com/api/v1/messages",
        {"type": "stream", "to": "general", "topic": TITLE, "content": BODY},
    ),
    (Channel.ALERT, "firehydrant"): _post(
        "signals.firehydrant.com/v1/process/ingest-token",
        {"summary": TITLE, "body": BODY, "level": "ERROR", "status": "OPEN", "idempotency_key": DEDUP},
    ),
    (Channel.ALERT, "goalert"): _post(
        "goalert.example.com/api/v2/generic/incoming", {"summary": TITLE, "details": MARKED_BODY, "dedup": DEDUP}
    ),
    (Channel.ALERT, "ilert"): _post(
        "api.ilert.com/api/events",
        {
            "integrationKey": "integration-key",
            "eventType": "ALERT",
            "summary": TITLE,
            "details": MARKED_BODY,
            "alertKey": DEDUP,
        },
    ),
    (Channel.ALERT, "incident_io"): _post(
        "api.incident.io/v2/alert_events/http/source0id",
        {"title": TITLE, "description": MARKED_BODY, "status": "firing", "deduplication_key": DEDUP},
    ),
    (Channel.ALERT, "opsgenie"): _post(
        "api.opsgenie.com/v2/alerts",
        {
            "source": "Herald",
            "message": TITLE,
            "description": BODY,
            "details": {"type": "failure"},
            "priority": "P3",
            "alias": DEDUP,
        },
    ),
    (Channel.ALERT, "pagertree"): _post(
        "api.pagertree.com/integration/int_0123456789",
        {"id": DEDUP, "event_type": "create", "title": TITLE, "description": BODY, "meta": {}, "tags": []},
    ),
    (Channel.ALERT, "signl4"): _post(
        "connect.signl4.com/webhook/team-secret/",
        {"title": TITLE, "body": BODY, "X-S4-SourceSystem": "Herald", "X-S4-ExternalID": DEDUP},
    ),
    (Channel.ALERT, "splunk_oncall"): _post(
        "alert.victorops.com/integrations/generic/20131114/alert/api-key/routing-key",
        {
            "entity_id": DEDUP,
            "message_type": "CRITICAL",
            "entity_display_name": TITLE,
            "state_message": BODY,
            "monitoring_tool": "Herald",
        },
    ),
    (Channel.ALERT, "squadcast"): _post(
        "api.squadcast.com/v2/incidents/api/webhook-key",
        {"message": TITLE, "description": MARKED_BODY, "status": "trigger", "event_id": DEDUP},
    ),
}
