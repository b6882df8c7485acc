"""Mailgun's Messages API, in both regions, as its API reference describes it."""

import re
import secrets
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, ClassVar, Final

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import MULTIPART_TYPE, Answer, Request, json_answer, payload

UNREGISTERED_DOMAIN: Final = "unregistered.example.com"
"""The one sending domain that the account does not have: ours, for tests."""
DISABLED_DOMAIN: Final = "disabled.example.com"
"""The one sending domain that may not send."""
_MAX_MESSAGE: Final = 25 * 1000 * 1000
_MAX_OPTIONS: Final = 16 * 1024
_MAX_RECIPIENTS: Final = 1_000
_FIELDS: Final = frozenset(
    {"from", "to", "cc", "bcc", "subject", "text", "html", "amp-html", "attachment", "inline", "template"}
    | {"recipient-variables", "t:version", "t:text", "t:variables"}
    | {"o:tag", "o:dkim", "o:secondary-dkim", "o:secondary-dkim-public", "o:deliverytime", "o:testmode", "o:tracking"}
    | {"o:tracking-clicks", "o:tracking-opens", "o:tracking-pixel-location-top", "o:require-tls"}
    | {"o:skip-verification", "o:sending-ip", "o:sending-ip-pool", "o:time-zone-localize", "o:suppress-headers"}
    | {"o:deliverytime-optimize-period", "o:archive-to"}
)
"""https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages"""
_SWITCHES: Final = {
    "o:tracking": {"yes", "no", "true", "false", "htmlonly"},
    "o:tracking-clicks": {"yes", "no", "true", "false", "htmlonly"},
    "o:tracking-opens": {"yes", "no", "true", "false"},
    "o:dkim": {"yes", "no", "true", "false"},
    "o:testmode": {"yes"},
    "o:require-tls": {"yes", "no", "true", "false"},
}
_ADDRESS: Final = re.compile(r"[!-?A-~]+@([A-Za-z0-9\-]+\.)+[A-Za-z0-9\-]{2,}")
_SEND: Final = re.compile(r"/v3/(?P<domain>[^/]+)/messages")
_LOOK: Final = re.compile(r"/v4/domains/(?P<domain>[^/]+)")


class Mailgun(Vendor):
    """One account with one key and every domain but one."""

    hosts: ClassVar = frozenset({"api.mailgun.net", "api.eu.mailgun.net"})
    documentation: ClassVar = (
        "https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/"
        "post-v3--domain-name--messages"
    )

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return an API key of the usual form."""
        return {"apiKey": f"{secrets.token_hex(16)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"}

    def answer(self, request: Request) -> Answer:
        """Check who asks, then what."""
        if request.user_and_password != ("api", self.accounts["mailgun"]["apiKey"]):
            return Answer(401, b"Forbidden", {"content-type": "text/plain"})
        if request.method == "GET" and (found := _LOOK.fullmatch(request.path)):
            return _domain(found["domain"])
        if request.method == "POST" and (found := _SEND.fullmatch(request.path)):
            return _send(found["domain"], request)
        return Answer(404, b"404 page not found\n", {"content-type": "text/plain"})

    def failure(self, status: int) -> Answer:
        """JSON with a message."""
        return _refuse(status, {429: "Too many requests", 500: "Internal Server Error"}.get(status, "Sorry"))


def _send(domain: str, request: Request) -> Answer:
    if domain == UNREGISTERED_DOMAIN:
        return _refuse(404, f"Domain not found: {domain}")
    if domain == DISABLED_DOMAIN:
        return _refuse(403, f"Domain {domain} is not allowed to send: The domain is disabled.")
    if len(request.body) > _MAX_MESSAGE:
        return _refuse(413, "Request Entity Too Large")
    if request.media_type != MULTIPART_TYPE:
        return _refuse(400, "Content-Type must be multipart/form-data")
    if error := next(_errors(request), None):
        return _refuse(400, error)
    identifier = f"<{request.id}@{domain}>"
    return json_answer(200, {"id": identifier, "message": "Queued. Thank you."}, vendor_id=identifier)


def _domain(name: str) -> Answer:
    if name == UNREGISTERED_DOMAIN:
        return _refuse(404, "Domain not found")
    state = "disabled" if name == DISABLED_DOMAIN else "active"
    domain = {"name": name, "state": state, "type": "custom", "is_disabled": state == "disabled"}
    return json_answer(200, {"domain": domain, "receiving_dns_records": [], "sending_dns_records": []})


def _errors(request: Request) -> Iterator[str]:
    """Find what Mailgun refuses, in its words."""
    form: Mapping[str, Any] = request.content
    yield from (f"{name} parameter is missing" for name in ("from", "to", "subject") if not form.get(name))
    if not any(form.get(name) for name in ("text", "html", "amp-html", "template")):
        yield "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"
    for name in ("from", "to", "cc", "bcc", "h:Reply-To"):
        if name in form and not _are_addresses(form[name]):
            yield f"'{name}' parameter is not a valid address. please check documentation"
    if len(getaddresses([str(form.get("to", ""))])) > _MAX_RECIPIENTS:
        yield "Too many recipients; max is 1000"
    yield from _option_errors(form)
    files = [part for part in request.parts if _name(part) in ("attachment", "inline")]
    if not all(part.get_filename() and payload(part) for part in files):
        yield "attachment parameter is not a file"


def _name(part: EmailMessage) -> object:
    return part.get_param("name", header="content-disposition")


def _option_errors(form: Mapping[str, Any]) -> Iterator[str]:
    options = {name: value for name, value in form.items() if name[:2] in ("o:", "h:", "v:", "t:")}
    if sum(len(f"{name}{value}".encode()) for name, value in options.items()) > _MAX_OPTIONS:
        yield "Send options (parameters starting with o:, h:, or v:) are limited to 16 kB total"
    for name, value in form.items():
        if name[:2] in ("h:", "v:"):
            yield from _header_errors(name, str(value))
        elif name not in _FIELDS:
            yield f"unknown parameter: {name}"
        elif name in _SWITCHES and value not in _SWITCHES[name]:
            yield f"{name} parameter is not valid"


def _header_errors(name: str, value: str) -> Iterator[str]:
    if not name.isascii():
        yield f"Header name must be pure ASCII: {name}"
    if name.startswith("h:") and re.search(r"[\r\n]", value):
        yield f"Header value must not contain line breaks: {name}"


def _are_addresses(text: Any) -> bool:
    found = getaddresses([text]) if isinstance(text, str) else []
    return bool(found) and all(_ADDRESS.fullmatch(address) for _, address in found)


def _refuse(status: int, message: str) -> Answer:
    return json_answer(status, {"message": message})
