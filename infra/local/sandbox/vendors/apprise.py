"""The vendors that Apprise speaks to, and servers that tenants could have of their own: each takes everything and
answers a success as it documents. What they were sent is for tests to compare.
"""

import json
from typing import Any, ClassVar, Final

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request, json_answer

_SUCCESSES: Final[dict[str, tuple[int, Any]]] = {
    "alert.victorops.com": (200, {"result": "success", "entity_id": "disk/1"}),
    "api.bulksms.com": (201, [{"id": "1", "status": {"type": "ACCEPTED"}}]),
    "api.groupme.com": (202, None),
    "api.ilert.com": (202, {"alertUrl": "https://example.ilert.com/1", "responseCode": "PENDING_ALERT_CREATED"}),
    "api.incident.io": (202, {"status": "accepted", "message": "Event accepted", "deduplication_key": "disk/1"}),
    "api.line.me": (200, {"sentMessages": [{"id": "1"}]}),
    "api.octopush.com": (201, {"sms_ticket": "sms_1", "number_of_contacts": 1, "total_cost": 0.1}),
    "api.opsgenie.com": (202, {"result": "Request will be processed", "took": 0.1, "requestId": "1"}),
    "api.pagertree.com": (200, {"id": "1"}),
    "api.prowlapp.com": (
        200,
        '<?xml version="1.0"?><prowl><success code="200" remaining="999" resetdate="1"/></prowl>',
    ),
    "api.pushbullet.com": (200, {"iden": "1", "type": "note", "active": True}),
    "api.pushover.net": (200, {"status": 1, "request": "1"}),
    "api.pushy.me": (200, {"success": True, "id": "1", "info": {"devices": 1}}),
    "api.squadcast.com": (202, {"status": "success"}),
    "api.telegram.org": (200, {"ok": True, "result": {"message_id": 1}}),
    "api.telnyx.com": (200, {"data": {"id": "1", "record_type": "message"}}),
    "bark.example.com": (200, {"code": 200, "message": "success", "timestamp": 1}),
    "chat.example.com": (200, {"success": True}),
    "chat.googleapis.com": (200, {"name": "spaces/space/messages/1"}),
    "chatapi.viber.com": (200, {"status": 0, "status_message": "ok", "message_token": 1}),
    "cloud.example.com": (201, {"ocs": {"meta": {"status": "ok", "statuscode": 201}, "data": {"id": 1}}}),
    "connect.signl4.com": (201, {"eventId": "1"}),
    "goalert.example.com": (204, None),
    "gorush.example.com": (200, {"counts": 1, "logs": [], "success": "ok"}),
    "gotify.example.com": (200, {"id": 1, "appid": 1, "priority": 5}),
    "home.example.com": (200, []),
    "inbots.zoom.us": (200, None),
    "matrix.example.com": (
        200,
        {"user_id": "@herald:matrix.example.com", "room_id": "!room:matrix.example.com", "event_id": "$1"},
    ),
    "mattermost.example.com": (200, "ok"),
    "ntfy.example.com": (200, {"id": "1", "time": 1, "event": "message", "topic": "topic"}),
    "oapi.dingtalk.com": (200, {"errcode": 0, "errmsg": "ok"}),
    "onebot.example.com": (200, {"status": "ok", "retcode": 0, "data": {"message_id": 1}}),
    "open.feishu.cn": (200, {"code": 0, "msg": "success", "data": {}}),
    "open.larksuite.com": (200, {"code": 0, "msg": "success", "data": {}}),
    "organization.zulipchat.com": (200, {"result": "success", "msg": "", "id": 1}),
    "rest.clicksend.com": (200, {"http_code": 200, "response_code": "SUCCESS", "data": {"queued_count": 1}}),
    "rest.nexmo.com": (200, {"message-count": "1", "messages": [{"status": "0", "message-id": "1"}]}),
    "signal.example.com": (201, {"timestamp": "1"}),
    "signals.firehydrant.com": (202, {"id": "1"}),
    "sms.example.com": (200, {"result": [{"message_id": "1", "status": "ok"}]}),
    "us.sms.api.sinch.com": (201, {"id": "1", "canceled": False, "type": "mt_text"}),
    "www.pushsafer.com": (200, {"status": 1, "success": "message transmitted", "available": 1}),
}
"""By host the status and the body; the address of each vendor's documentation is in `chalicelib/providers/apprise`."""


class Apprise(Vendor):
    """All of them at once."""

    hosts: ClassVar = frozenset(_SUCCESSES)
    documentation: ClassVar = "https://appriseit.com/services/"

    def answer(self, request: Request) -> Answer:
        """Take it."""
        status, content = _SUCCESSES[request.headers["host"].partition(":")[0]]
        if content is None or isinstance(content, str):
            return Answer(status, (content or "").encode(), {"content-type": "text/plain"})
        return json_answer(status, content)

    def failure(self, status: int) -> Answer:
        """A status: Apprise looks at nothing else."""
        return Answer(status, json.dumps({"error": "on demand"}).encode(), {"content-type": "application/json"})
