"""E-mail: an address that mail can be delivered to, headers that cannot be broken out of, text and HTML."""

from typing import Final

from chalicelib.channels.base import EmailMessage, UnshapeableError
from chalicelib.channels.graphemes import has_controls, shorten
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Sender, Tenant
from chalicelib.domain.words import Channel, Reason

SUBJECT_LIMIT: Final = 998
"""Characters of a line, and so of an unfolded subject (RFC 5322 §2.1.1)."""
DEFAULT_SUBJECT_LIMIT: Final = 78
"""Characters of a subject taken from the body: the line length RFC 5322 recommends."""

_NO_SENDER: Final = Sender(address="")


def address_fault(recipient: Recipient) -> Reason | None:
    """Tell why the recipient cannot be mailed: no address, or none that could exist on the Internet.

    The domain may be international, the part before the @ may not: SendGrid and SES refuse it there.
    """
    if not recipient.email:
        return Reason.MISSING_ADDRESS
    return None if _ascii(recipient.email) else Reason.INVALID_ADDRESS


def shape(request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> EmailMessage:
    """Return the e-mail. Without a subject it is the beginning of the body's first line.

    Raises
    ------
    UnshapeableError
        `invalid_address`, `empty_body`, `subject_too_long`; `control_characters`: a line break or another control
        character in what becomes a header; `invalid_sender`: the tenant's own address is not one.
    """
    content = request.content
    body = content.body.strip()
    if not body:
        raise UnshapeableError(Reason.EMPTY_BODY)
    subject = _header(content.subject or "").strip() or _header(shorten(_first_line(body), DEFAULT_SUBJECT_LIMIT))
    if len(subject) > SUBJECT_LIMIT:
        raise UnshapeableError(Reason.SUBJECT_TOO_LONG)
    sender = tenant.settings.senders.get(Channel.EMAIL, _NO_SENDER)
    return EmailMessage(
        reference=request.id,
        to=_address(recipient.email, Reason.INVALID_ADDRESS),
        subject=subject,
        text=content.body,
        html=content.html,
        sender=_address(sender.address, Reason.INVALID_SENDER) if sender.address else None,
        sender_name=_header(sender.name) if sender.name else None,
        reply_to=_address(sender.reply_to, Reason.INVALID_SENDER) if sender.reply_to else None,
    )


def _ascii(address: str) -> str | None:
    """Return the form of `address` that every mail server takes, None when it is not an address."""
    # It brings the tables of international domain names, which only a worker that mails should load.
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True).ascii_email
    except EmailNotValidError:
        return None


def _address(address: str | None, code: Reason) -> str:
    valid = _ascii(address or "")
    if valid is None:
        raise UnshapeableError(code)
    return valid


def _header(text: str) -> str:
    if has_controls(text):
        raise UnshapeableError(Reason.CONTROL_CHARACTERS)
    return text


def _first_line(body: str) -> str:
    return " ".join(body.splitlines()[0].split())
