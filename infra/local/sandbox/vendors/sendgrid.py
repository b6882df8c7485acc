"""SendGrid's v3 mail/send, with the words of its own list of errors."""

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from infra.local.sandbox.schemas.sendgrid import Attachment, Mail, Personalization
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, is_base64, json_answer

UNVERIFIED_DOMAIN: Final = "unverified.example.com"
"""The one domain that is no verified sender of the account: ours, for tests."""
_SCOPES: Final = "/v3/scopes"
"""https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions: what the key may do."""
_METHODS: Final = {"/v3/mail/send": "POST", _SCOPES: "GET"}
_HELP: Final = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
_OF_STATUS: Final = {
    400: "Bad Request",
    401: "The provided authorization grant is invalid, expired, or revoked",
    403: "access forbidden",
    413: "Payload too large",
    429: "too many requests",
    503: "Service Unavailable",
}
_MAX_RECIPIENTS: Final = 1_000
_MAX_CUSTOM_ARGS: Final = 50_000
_MAX_MESSAGE: Final = 30 * 1024 * 1024
_MAX_CATEGORIES: Final = 10
_MAX_CATEGORY: Final = 255
_MAX_AHEAD: Final = 72 * 3_600
_RESERVED_HEADERS: Final = frozenset(
    {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"}
    | {"to", "from", "subject", "reply-to", "cc", "bcc"}
)
_ADDRESS: Final = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~.\-]{1,64}@([A-Z0-9]([A-Z0-9\-]*[A-Z0-9])?\.)+[A-Z0-9\-]{2,}", re.ASCII | re.IGNORECASE
)
_PLACE: Final = re.compile(r"(?P<words>.+?)(?: - at `\$\.?(?P<field>.*?)`)?")


class _Error(NamedTuple):
    """What is wrong with which field, and under which heading of the errors page it stands."""

    message: str
    field: str | None = None
    topic: str = ""


class Sendgrid(Vendor):
    """One account with one API key, in both regions."""

    hosts: ClassVar = frozenset({"api.sendgrid.com", "api.eu.sendgrid.com"})
    documentation: ClassVar = "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return an API key of the usual form."""
        return {"apiKey": f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"}

    def answer(self, request: Request) -> Answer:
        """Check the request, then the mail in it."""
        refusal = next(self._refusals(request), None)
        if refusal is not None:
            return refusal
        if request.path == _SCOPES:
            return json_answer(200, {"scopes": ["mail.batch.create", "mail.send"]})
        try:
            mail = msgspec.json.decode(request.body, type=Mail)
        except msgspec.ValidationError as error:
            return _refuse(400, _misplaced(str(error)))
        except msgspec.DecodeError:
            return self.failure(400)
        return _send(mail, request)

    def failure(self, status: int) -> Answer:
        """JSON with a list of one error."""
        return _refuse(status, _Error(_OF_STATUS.get(status, "Internal Server Error")))

    def _refusals(self, request: Request) -> Iterator[Answer]:
        if request.path not in _METHODS:
            yield _refuse(404, _Error("not found"))
        if request.bearer_token is None:
            yield _refuse(401, _Error("Permission denied, wrong credentials"))
        if request.bearer_token != self.accounts["sendgrid"]["apiKey"]:
            yield self.failure(401)
        if request.method != _METHODS[request.path]:
            yield _refuse(405, _Error("method not allowed"))
        if request.media_type != JSON_TYPE and request.method == "POST":
            yield _refuse(415, _Error("Content-Type should be application/json."))
        if len(request.body) > _MAX_MESSAGE:
            yield self.failure(413)


def _send(mail: Mail, request: Request) -> Answer:
    if errors := list(_errors(mail, request.at)):
        return _refuse(400, *errors)
    if mail.sender and mail.sender.email.endswith(f"@{UNVERIFIED_DOMAIN}"):
        words = (
            "The from address does not match a verified Sender Identity. Mail cannot be sent until this is resolved."
        )
        return _refuse(403, _Error(words, "from"))
    if mail.mail_settings.sandbox_mode.enable:
        return Answer(200)
    identifier = request.id[:22]
    return Answer(202, headers={"x-message-id": identifier}, vendor_id=identifier)


def _errors(mail: Mail, at: float) -> Iterator[_Error]:
    """Find what the types do not say: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors."""
    yield from _address_errors(mail)
    yield from _personalizations_errors(mail)
    for index, one in enumerate(mail.personalizations):
        yield from _recipient_errors(one, f"personalizations.{index}")
        yield from _header_errors(one.headers, f"personalizations.{index}.headers")
        merged = mail.custom_args | one.custom_args
        if sum(len(text.encode()) for pair in merged.items() for text in pair) > _MAX_CUSTOM_ARGS:
            words = "The combined size of custom arguments may not exceed 50,000 bytes per personalization."
            yield _Error(words, f"personalizations.{index}.custom_args", "personalizations.custom_args")
    yield from _header_errors(mail.headers, "headers")
    yield from _subject_errors(mail)
    yield from _content_errors(mail)
    for index, attachment in enumerate(mail.attachments):
        yield from _attachment_errors(attachment, f"attachments.{index}")
    yield from _category_errors(mail.categories)
    if any((time or 0) > at + _MAX_AHEAD for time in (mail.send_at, *(p.send_at for p in mail.personalizations))):
        yield _Error("Scheduling more than 72 hours in advance is forbidden.", "send_at", "send_at")


def _address_errors(mail: Mail) -> Iterator[_Error]:
    if mail.sender is None:
        words = (
            "The from object must be provided for every email send. It is an object that requires the email parameter."
        )
        yield _Error(words, "from.email", "from")
    elif not _ADDRESS.fullmatch(mail.sender.email):
        yield _Error("The from email does not contain a valid address.", "from.email", "from")
    if mail.reply_to and not _ADDRESS.fullmatch(mail.reply_to.email):
        yield _Error("The reply_to email does not contain a valid address.", "reply_to.email", "reply_to")


def _personalizations_errors(mail: Mail) -> Iterator[_Error]:
    count = len(mail.personalizations)
    topic = "personalizations"
    if not count:
        yield _Error("The personalizations field is required and must have at least one personalization.", topic, topic)
    if count > _MAX_RECIPIENTS:
        words = f"limited to 1000 personalizations per API request. You have provided {count} personalizations."
        yield _Error(f"The personalization block is {words}", topic, topic)
    if sum(len(one.recipients) for one in mail.personalizations) > _MAX_RECIPIENTS:
        yield _Error("There is a limit of 1000 total recipients (to + cc + bcc) per request.", topic, topic)


def _recipient_errors(one: Personalization, field: str) -> Iterator[_Error]:
    if not one.to:
        words = "The to array is required for all personalization objects, and must have at least one email object."
        yield _Error(words, f"{field}.to", "personalizations.to")
    for kind, addresses in (("to", one.to), ("cc", one.cc), ("bcc", one.bcc)):
        for index, address in enumerate(addresses):
            if not _ADDRESS.fullmatch(address.email):
                topic = f"personalizations.{kind}"
                yield _Error("Does not contain a valid address.", f"{field}.{kind}.{index}.email", topic)
    emails = [address.email.lower() for address in one.recipients]
    if twice := next((email for email in emails if emails.count(email) > 1), None):
        words = f"Each email address in the personalization block should be unique. We found a duplicate of [{twice}]."
        yield _Error(words, field, "recipient-errors")


def _header_errors(names: Iterable[str], field: str) -> Iterator[_Error]:
    for name in names:
        if name.lower() in _RESERVED_HEADERS:
            yield _Error("Header can not be one of the reserved keys.", f"{field}.{name}", "headers")
        elif not re.fullmatch(r"[!-~]+", name):
            words = "Header keys can't contain non-ASCII characters and empty spaces."
            yield _Error(words, f"{field}.{name}", "headers")


def _subject_errors(mail: Mail) -> Iterator[_Error]:
    subjects = [one.subject for one in mail.personalizations]
    if "" in {mail.subject, *subjects}:
        words = "The subject of your email must be a string at least one character in length."
        yield _Error(words, "subject", "subject")
    if mail.subject is None and not mail.template_id and None in (subjects or [None]):
        words = (
            "The subject is required. You can get around this requirement if you use a template with a subject "
            "defined or if every personalization has a subject defined."
        )
        yield _Error(words, "subject", "subject")


def _content_errors(mail: Mail) -> Iterator[_Error]:
    if not mail.content and not mail.template_id:
        words = (
            "Unless a valid template_id is provided, the content parameter is required. "
            "There must be at least one defined content block."
        )
        yield _Error(words, "content", "content")
    for index, part in enumerate(mail.content):
        if not part.value:
            words = "The content value must be a string at least one character in length."
            yield _Error(words, f"content.{index}.value", "content.value")
        if not re.fullmatch(r"[^;\r\n]+", part.type):
            yield _Error("Cannot contain ';', or CRLF characters.", f"content.{index}.type", "content.type")
    types = [part.type for part in mail.content]
    ranks = [{"text/plain": 0, "text/html": 1}.get(type_, 2) for type_ in types]
    if ranks != sorted(ranks) or len(set(types)) < len(types):
        words = (
            "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in your email: "
            "text/plain needs to be first, followed by text/html, followed by any other content."
        )
        yield _Error(words, "content", "content")


def _attachment_errors(attachment: Attachment, field: str) -> Iterator[_Error]:
    if not is_base64(attachment.content):
        yield _Error("The attachment content must be base64 encoded.", f"{field}.content", "attachments.content")
    if not re.fullmatch(r"[^\r\n]+", attachment.filename):
        words = "The filename of your attachment can't contain CRLF characters."
        yield _Error(words, f"{field}.filename", "attachments.filename")
    if not re.fullmatch(r"[^;\r\n]+", attachment.type):
        yield _Error("The type can't contain ';', or CRLF characters.", f"{field}.type", "attachments.type")
    if attachment.disposition not in {"inline", "attachment"}:
        words = 'The disposition of your attachment can be either "inline" or "attachment".'
        yield _Error(words, f"{field}.disposition", "attachments.disposition")


def _category_errors(categories: list[str]) -> Iterator[_Error]:
    if len(categories) > _MAX_CATEGORIES:
        words = f"There is a limit of 10 categories for each email. You provided {len(categories)} categories."
        yield _Error(words, "categories", "categories")
    if len(set(categories)) < len(categories):
        yield _Error("The categories must be a unique list.", "categories", "categories")
    if any(len(category) > _MAX_CATEGORY for category in categories):
        yield _Error("Each category must not be longer than 255 characters.", "categories", "categories")
    if not all(category.isascii() for category in categories):
        yield _Error("Categories can not contain non-ASCII characters.", "categories", "categories")


def _misplaced(problem: str) -> _Error:
    """Return what is wrong with the types, at SendGrid's kind of path: `personalizations.0.to`."""
    found = _PLACE.fullmatch(problem)
    words, place = (found["words"], found["field"] or "") if found else (problem, "")
    field = re.sub(r"\[(\d+)\]", r".\1", place)
    return _Error(words.replace("`", ""), field or None, re.sub(r"\.\d+", "", field))


def _refuse(status: int, *errors: _Error) -> Answer:
    help_of = {error: f"{_HELP}{error.topic}" if error.topic else None for error in errors}
    listed = [{"message": error.message, "field": error.field, "help": help_of[error]} for error in errors]
    return json_answer(status, {"errors": listed})
