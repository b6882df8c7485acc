"""Meta's WhatsApp Cloud API: send a message, look at the number. Some recipients stand for errors: see RECIPIENTS."""

import re
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from infra.local.sandbox.schemas.cloud_api import Component, Medium, Send, TemplateObject
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer


class _Error(NamedTuple):
    code: int
    message: str
    details: str = ""
    status: int = 400
    subcode: int | None = None


_OF_STATUS: Final = {
    400: _Error(100, "Invalid parameter"),
    401: _Error(190, "Invalid OAuth access token - Cannot parse access token", status=401),
    403: _Error(10, "Application does not have permission for this action", status=403),
    404: _Error(132001, "Template name does not exist in the translation", status=404),
    429: _Error(130429, "Rate limit hit", "Cloud API message throughput has been reached.", 429),
    500: _Error(131000, "Something went wrong", "Message failed to send due to an unknown error.", 500),
    503: _Error(131016, "Service unavailable", "A service is temporarily unavailable.", 503),
}
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"""
RECIPIENTS: Final = {
    "14155550126": _Error(131026, "Message undeliverable", "The recipient phone number is not a WhatsApp number."),
    "14155550130": _Error(131030, "Recipient phone number not in allowed list", "Add it and try again."),
    "14155550147": _Error(131047, "Re-engagement message", "More than 24 hours since the recipient last replied."),
    "14155550149": _Error(131049, "Not delivered to maintain healthy ecosystem engagement"),
    "14155550150": _Error(131050, "Recipient has chosen to stop receiving marketing messages"),
    "14155550156": _Error(131056, "(Business Account, Consumer Account) pair rate limit hit"),
}
"""Meta's test numbers stand for no errors, so these are ours: they end as the code does."""
TEMPLATES: Final = {
    ("hello_world", "en_US"): {"header": 0, "body": 0},
    ("order_shipped", "en"): {"header": 0, "body": 2},
    ("order_shipped", "es"): {"header": 0, "body": 2},
    ("invoice", "en"): {"header": 1, "body": 1},
}
"""The approved templates, by name and language, with how many parameters each component has."""
PAUSED_TEMPLATE: Final = "paused_offer"
"""The one template that Meta paused for its quality."""
MISSING_HOST: Final = "missing.example.com"
"""The one host where there are no media."""
_PATH: Final = re.compile(r"/v2[0-9]\.0/(?P<number>[0-9]+)(?P<messages>/messages)?")
_NUMBER: Final = re.compile(r"[1-9][0-9]{6,14}")
_LINK: Final = re.compile(r"https://(?P<host>[A-Za-z0-9.\-]+)(:\d+)?(/\S*)?")
_PROBLEM: Final = re.compile(r"(?P<words>.+?)(?: - at `\$\.?(?P<field>.*?)`)?")
_CAPTIONLESS: Final = ("audio", "sticker")


class CloudApi(Vendor):
    """One number of one business account."""

    hosts: ClassVar = frozenset({"graph.facebook.com"})
    documentation: ClassVar = (
        "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages"
    )

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return a number's id and a token."""
        return {
            "phoneNumberId": str(10**14 + secrets.randbelow(10**14)),
            "accessToken": f"EAA{secrets.token_hex(40)}",
        }

    def answer(self, request: Request) -> Answer:
        """Check who asks, for which number, and then the message."""
        if error := next(self._refusals(request), None):
            return _refuse(error)
        if request.method == "GET":
            return json_answer(200, {"id": self.accounts["cloud_api"]["phoneNumberId"]})
        try:
            send = msgspec.json.decode(request.body, type=Send)
        except msgspec.DecodeError as problem:
            return _refuse(_unreadable(str(problem)))
        if error := next(_errors(send), None):
            return _refuse(error)
        return _taken(send, request)

    def failure(self, status: int) -> Answer:
        """An error of the Graph API."""
        return _refuse(_OF_STATUS.get(status, _OF_STATUS[500])._replace(status=status))

    def _refusals(self, request: Request) -> Iterator[_Error]:
        account, found = self.accounts["cloud_api"], _PATH.fullmatch(request.path)
        if found is None:
            yield _Error(2500, f"Unknown path components: {request.path}")
        elif request.bearer_token != account["accessToken"]:
            yield _OF_STATUS[401]
        elif found["number"] != account["phoneNumberId"]:
            words = f"Unsupported post request. Object with ID '{found['number']}' does not exist"
            yield _Error(100, words, subcode=33)
        elif request.method != ("POST" if found["messages"] else "GET"):
            yield _Error(100, f"Unsupported {request.method.lower()} request.")
        elif request.method == "POST" and request.media_type != JSON_TYPE:
            yield _Error(100, "(#100) The parameter messaging_product is required.")


def _errors(send: Send) -> Iterator[_Error]:
    """Find what the types do not say."""
    if not _NUMBER.fullmatch(send.to):
        yield _Error(131009, "Parameter value is not valid", "The parameter to must be a phone number in digits.")
    if getattr(send, send.type) is None:
        yield _Error(131008, "Required parameter is missing", f"The parameter {send.type} is required.")
    yield from _content_errors(send)
    if send.to in RECIPIENTS and not (send.template and send.to == "14155550147"):
        yield RECIPIENTS[send.to]


def _content_errors(send: Send) -> Iterator[_Error]:
    if send.medium:
        yield from _medium_errors(send.type, send.medium)
    if send.location:
        yield from _location_errors(send)
    if send.template:
        yield from _template_errors(send.template)
    for contact in send.contacts or ():
        parts = (contact.name.first_name, contact.name.last_name, contact.name.middle_name, contact.name.prefix)
        if not any((*parts, contact.name.suffix)):
            yield _Error(131009, "Parameter value is not valid", "A name needs at least one of its parts.")


def _medium_errors(kind: str, medium: Medium) -> Iterator[_Error]:
    if bool(medium.id) == bool(medium.link):
        yield _Error(100, f"(#100) Param {kind} must have one of id and link.")
    found = _LINK.fullmatch(medium.link)
    if medium.link and found is None:
        yield _Error(100, f"(#100) Param {kind}['link'] is not a valid URL.")
    if medium.caption is not None and kind in _CAPTIONLESS:
        yield _Error(100, f'(#100) Unexpected key "caption" on param "{kind}".')
    if medium.filename is not None and kind != "document":
        yield _Error(100, f'(#100) Unexpected key "filename" on param "{kind}".')
    if found and found["host"] == MISSING_HOST:
        yield _Error(131053, "Media upload error", "The link answered 404.")


def _location_errors(send: Send) -> Iterator[_Error]:
    location = send.location
    for name, value, most in (
        ("latitude", location.latitude if location else 0, 90),
        ("longitude", location.longitude if location else 0, 180),
    ):
        if not re.fullmatch(r"-?\d{1,3}(\.\d+)?", str(value)) or abs(float(value)) > most:
            yield _Error(131009, "Parameter value is not valid", f"{name} must be within ±{most}.")


def _template_errors(template: TemplateObject) -> Iterator[_Error]:
    if template.name == PAUSED_TEMPLATE:
        yield _Error(132015, "Template is Paused", "Template is paused due to low quality.")
    wanted = TEMPLATES.get((template.name, template.language.code))
    if wanted is None:
        words = f"template name ({template.name}) does not exist in {template.language.code}"
        yield _Error(132001, "Template name does not exist in the translation", words, 404)
        return
    given: dict[str, int] = {component.type: len(component.parameters) for component in template.components}
    for name, count in wanted.items():
        if given.get(name, 0) != count:
            words = f"{name}: number of localizable_params ({given.get(name, 0)}) does not match the expected {count}"
            yield _Error(132000, "Number of parameters does not match the expected number of params", words)
    for component in template.components:
        yield from _component_errors(component)


def _component_errors(component: Component) -> Iterator[_Error]:
    if component.type == "button" and (component.sub_type is None or component.index is None):
        yield _Error(131008, "Required parameter is missing", "A button needs sub_type and index.")
    for parameter in component.parameters:
        value = getattr(parameter, parameter.type)
        if value is None:
            yield _Error(132012, "Parameter format does not match", f"{parameter.type} is missing.")
        if isinstance(value, Medium):
            yield from _medium_errors(parameter.type, value)


def _taken(send: Send, request: Request) -> Answer:
    identifier = f"wamid.HBgL{request.id}"
    content = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": send.to, "wa_id": send.to}],
        "messages": [{"id": identifier} | ({"message_status": "accepted"} if send.template else {})],
    }
    return json_answer(200, content, vendor_id=identifier)


def _unreadable(problem: str) -> _Error:
    found = _PROBLEM.fullmatch(problem)
    words, field = (found["words"], found["field"] or "") if found else (problem, "")
    return _Error(100, f"(#100) Invalid parameter {field}".strip(), words)


def _refuse(error: _Error) -> Answer:
    content: dict[str, Any] = {
        "message": error.message if error.message.startswith("(#") else f"(#{error.code}) {error.message}",
        "type": "OAuthException",
        "code": error.code,
        "fbtrace_id": "A" * 22,
    }
    if error.details:
        content["error_data"] = {"messaging_product": "whatsapp", "details": error.details}
    if error.subcode:
        content["error_subcode"] = error.subcode
    return json_answer(error.status, {"error": content})
