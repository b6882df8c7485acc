"""FCM's HTTP v1 API: `messages:send`. Some device tokens stand for errors: see SPECIAL_TOKENS."""

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.sandbox.schemas.fcm import Message, Send
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.vendors.google_oauth import TOKEN_URL, may_send
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer

_ERRORS: Final = {
    400: ("INVALID_ARGUMENT", "INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "Request is missing required authentication credential."),
    403: ("PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"),
    404: ("NOT_FOUND", "UNREGISTERED", "Requested entity was not found."),
    429: ("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Sending limit exceeded for the message target."),
    500: ("INTERNAL", "INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "UNAVAILABLE", "The service is currently unavailable."),
}
"""By HTTP status: google.rpc's name, FCM's error code, the message.

https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
"""
SPECIAL_TOKENS: Final = {"dead-": 404, "foreign-": 403, "invalid-": 400}
"""FCM has no tokens for tests, so these are ours: how a token begins, and what sending to it answers."""
_MAX_PAYLOAD: Final = 4_096
_MAX_TOPIC_PAYLOAD: Final = 2_048
_MAX_TTL: Final = 2_419_200
_PATH: Final = re.compile(r"/v1/projects/(?P<project>[^/]+)/messages:send")
_TOKEN: Final = re.compile(r"[\w:.\-]+")
_TTL: Final = re.compile(r"(\d+)(\.\d{1,9})?s")
_TOPIC: Final = re.compile(r"[a-zA-Z0-9\-_.~%]+")
_CONDITION: Final = re.compile(
    r"[\s()!]*'[\w\-.~%]+' in topics[\s()]*((&&|\|\|)[\s()!]*'[\w\-.~%]+' in topics[\s()]*){0,4}"
)
_RESERVED_KEY: Final = re.compile(r"from|gcm|message_type|google.*|gcm\.notification\..*")
_PROBLEM: Final = re.compile(r"(?P<words>.+?)(?: - at `\$\.?(?P<field>.*?)`)?")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.+)`")


class Fcm(Vendor):
    """One Firebase project with one service account."""

    hosts: ClassVar = frozenset({"fcm.googleapis.com"})
    documentation: ClassVar = "https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return a service account as Google's console lets one download it."""
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        project = f"sandbox-{secrets.token_hex(3)}"
        account = {
            "type": "service_account",
            "project_id": project,
            "private_key_id": secrets.token_hex(20),
            "private_key": pem.decode(),
            "client_email": f"firebase-adminsdk@{project}.iam.gserviceaccount.com",
            "client_id": str(10**20 + secrets.randbelow(10**20)),
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": TOKEN_URL,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "universe_domain": "googleapis.com",
        }
        return {"serviceAccount": account}

    def answer(self, request: Request) -> Answer:
        """Check the request, then the message in it."""
        refusal = next(self._refusals(request), None)
        if refusal is not None:
            return refusal
        try:
            send = msgspec.json.decode(request.body, type=Send)
        except msgspec.DecodeError as error:
            return _unreadable(str(error))
        if fault := next(_faults(send.message), None):
            return _invalid(*fault)
        return self._deliver(send, request)

    def failure(self, status: int) -> Answer:
        """A google.rpc.Status with FCM's error code in its details."""
        _, code, message = _ERRORS.get(status, _ERRORS[500])
        return _error(status, message, _fcm_error(code))

    def _refusals(self, request: Request) -> Iterator[Answer]:
        account = self.accounts["fcm"]["serviceAccount"]
        path = _PATH.fullmatch(request.path)
        if path is None or request.method != "POST":
            yield _error(404, "Method not found.")
        if not may_send(request.bearer_token or "", account, request.at):
            yield _error(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")
        if path and path["project"] != account["project_id"]:
            yield _error(403, f"Permission 'cloudmessaging.messages.create' denied on '{path['project']}'.")
        if request.media_type != JSON_TYPE:
            yield _invalid("", f"Invalid Content-Type: {request.media_type}")

    def _deliver(self, send: Send, request: Request) -> Answer:
        target = send.message.token or send.message.fid or ""
        for beginning, status in SPECIAL_TOKENS.items():
            if target.startswith(beginning):
                return self.failure(status)
        project = self.accounts["fcm"]["serviceAccount"]["project_id"]
        identifier = "fake_message_id" if send.validate_only else f"0:{int(request.at * 1e6)}%{request.id}"
        name = f"projects/{project}/messages/{identifier}"
        return json_answer(200, {"name": name}, vendor_id=name)


def _faults(message: Message) -> Iterator[tuple[str, str]]:
    """Find what the types do not say: yields field and description."""
    yield from _target_faults(message)
    for key in message.data | message.android.data:
        if _RESERVED_KEY.fullmatch(key):
            yield "message.data", f"Invalid data payload key: {key}"
    if message.android.ttl is not None:
        yield from _ttl_faults(message.android.ttl)
    yield from _apns_faults(message.apns.headers)
    if not message.webpush.fcm_options.get("link", "https://").startswith("https://"):
        yield "message.webpush.fcm_options.link", "The link must be an HTTPS URL."
    limit = _MAX_TOPIC_PAYLOAD if message.topic or message.condition else _MAX_PAYLOAD
    if message.payload_size > limit:
        yield "message", f"Message is too big: its payload must not exceed {limit} bytes."


def _target_faults(message: Message) -> Iterator[tuple[str, str]]:
    targets = message.targets
    if not targets:
        yield "message", "Recipient of the message is not set."
    if len(targets) > 1:
        yield "message", f"Invalid value (oneof), oneof field 'target' is already set. Cannot set '{targets[1]}'"
    if message.token and not _TOKEN.fullmatch(message.token):
        yield "message.token", "The registration token is not a valid FCM registration token"
    if message.topic and not _TOPIC.fullmatch(message.topic):
        yield "message.topic", "Invalid topic name"
    if message.condition and not _CONDITION.fullmatch(message.condition):
        yield "message.condition", "Invalid condition expression provided."


def _apns_faults(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Check what Apple asks: https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns."""
    priority = headers.get("apns-priority", "5")
    if priority not in {"1", "5", "10"}:
        yield "message.apns.headers", f"Invalid value for apns-priority: {priority}"
    if headers.get("apns-push-type") == "background" and headers.get("apns-priority") != "5":
        yield "message.apns.headers", "A background push needs the apns-priority 5"


def _ttl_faults(ttl: str) -> Iterator[tuple[str, str]]:
    seconds = _TTL.fullmatch(ttl)
    if seconds is None:
        yield "message.android.ttl", f"Illegal duration format; duration must end with 's': {ttl}"
    elif int(seconds[1]) > _MAX_TTL:
        yield "message.android.ttl", f"Invalid TTL: must be between 0 and {_MAX_TTL} seconds"


def _unreadable(problem: str) -> Answer:
    """Return protobuf's words for a body that is not the documented JSON."""
    found = _PROBLEM.fullmatch(problem)
    words, field = (found["words"], found["field"] or "") if found else (problem, "")
    if unknown := _UNKNOWN.fullmatch(words):
        place = f" at '{field}'" if field else ""
        return _invalid(field, f'Invalid JSON payload received. Unknown name "{unknown[1]}"{place}: Cannot find field.')
    return _invalid(field, f"Invalid value at '{field}': {words}")


def _invalid(field: str, description: str) -> Answer:
    violation = {"field": field, "description": description}
    bad_request = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    return _error(400, description, _fcm_error("INVALID_ARGUMENT"), bad_request)


def _fcm_error(code: str) -> dict[str, str]:
    return {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}


def _error(status: int, message: str, *details: object) -> Answer:
    name = _ERRORS.get(status, _ERRORS[500])[0]
    return json_answer(status, {"error": {"code": status, "message": message, "status": name, "details": details}})
