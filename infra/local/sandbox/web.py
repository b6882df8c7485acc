"""HTTP requests and answers as values."""

import base64
import binascii
import json
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Final

import msgspec

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MULTIPART_TYPE: Final = "multipart/form-data"


@dataclass(frozen=True)
class Request:
    """A request as it came in, stamped with a fresh `id` (32 hex digits) and the time `at` (epoch seconds)."""

    method: str
    url: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    id: str
    at: float

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urllib.parse.urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of one given twice the last."""
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.url).query, keep_blank_values=True))

    @property
    def media_type(self) -> str:
        """The body's media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer_token(self) -> str | None:
        """The token of `Authorization: Bearer`."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    @property
    def user_and_password(self) -> tuple[str, str] | None:
        """The pair of `Authorization: Basic`."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return user, password

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a form, empty when the body is none."""
        if self.media_type != FORM_TYPE:
            return {}
        return urllib.parse.parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)

    @property
    def parts(self) -> list[EmailMessage]:
        """The parts of a multipart form (RFC 7578), empty when the body is none."""
        if self.media_type != MULTIPART_TYPE:
            return []
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        whole = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + self.body)
        return [part for part in whole.iter_parts() if isinstance(part, EmailMessage)]

    @property
    def content(self) -> Any:
        """The body as it reads: parsed JSON, a form's fields (a list where repeated), else text. A file in a form is
        told by its name, media type and size.
        """
        if self.media_type == MULTIPART_TYPE:
            return _fields(self.parts)
        if self.media_type == FORM_TYPE:
            return {name: values[0] if len(values) == 1 else values for name, values in self.form.items()}
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body.decode(errors="replace")


@dataclass(frozen=True)
class Answer:
    """What is answered, and the `vendor_id` it names, if the vendor took something."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    vendor_id: str | None = None
    refused: bool = False
    """Whether the body says no although the status says yes."""

    @property
    def accepted(self) -> bool:
        """Whether it says yes."""
        return 200 <= self.status < 300 and not self.refused  # noqa: PLR2004


def is_base64(text: str) -> bool:
    """Whether it is base64 of at least one byte."""
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False


def payload(part: EmailMessage) -> bytes:
    """Return the bytes of a part of a form."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _fields(parts: Sequence[EmailMessage]) -> dict[str, Any]:
    fields: dict[str, list[Any]] = {}
    for part in parts:
        name, file = part.get_param("name", header="content-disposition"), part.get_filename()
        value: Any = payload(part).decode(errors="replace")
        if file is not None:
            value = {"filename": file, "type": part.get_content_type(), "size": len(payload(part))}
        fields.setdefault(str(name), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def json_answer(
    status: int, content: object, headers: Mapping[str, str] | None = None, vendor_id: str | None = None
) -> Answer:
    """Return an answer of JSON."""
    return Answer(status, msgspec.json.encode(content), {"content-type": JSON_TYPE, **(headers or {})}, vendor_id)


def mentions(content: object, text: str) -> bool:
    """Whether `text` is part of any string in `content`."""
    match content:
        case str():
            return text in content
        case Mapping():
            return any(mentions(part, text) for pair in content.items() for part in pair)
        case list() | tuple():
            return any(mentions(part, text) for part in content)
        case _:
            return text == "" or text == str(content)
