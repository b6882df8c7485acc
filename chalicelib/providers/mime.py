"""A mail as it goes over the wire (RFC 5322, RFC 2045): headers of our own writing, text, HTML and files."""

from email.message import EmailMessage as MimeMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final

from chalicelib.channels.base import EmailMessage
from chalicelib.providers.mail_headers import CRLF, text_header, unsubscribe_headers

POLICY: Final = SMTP.clone(cte_type="7bit")
"""CRLF, and nothing that a server without 8BITMIME could damage."""


def written(message: EmailMessage, id_: str, sender: str) -> bytes:
    """Return the mail under a `Message-ID`, from a mailbox that is written as it stands in a header."""
    headers = [f"From: {sender}", f"To: {message.to}", text_header("Subject", message.subject)]
    if message.reply_to is not None:
        headers.append(f"Reply-To: {message.reply_to}")
    headers += [f"{name}: {value}" for name, value in unsubscribe_headers(message.unsubscribe_url).items()]
    mime = MimeMessage(POLICY)
    mime["Date"] = formatdate(usegmt=True)
    mime["Message-ID"] = id_
    mime.set_content(message.text)
    if message.html is not None:
        mime.add_alternative(message.html, subtype="html")
    for file in message.attachments:
        maintype, _, subtype = file.type.partition("/")
        # Python would decode what looks like an encoded word, and write out the line breaks in it (mail_headers.py).
        name = file.name.replace("=?", "= ?")
        mime.add_attachment(file.content, maintype, subtype, filename=name)
    return "".join(f"{header}{CRLF}" for header in headers).encode("ascii") + mime.as_bytes()
