"""Headers of a mail that say what they are given, and nothing else.

Text that looks like an encoded word (`=?utf-8?q?…?=`, RFC 2047 §2) is one to whoever reads the mail. Python's own
headers decode it even while they are written, and older ones put out the line breaks it may have hidden: a subject
could bring headers of its own (https://nvd.nist.gov/vuln/detail/CVE-2024-6923). So such text is encoded here, as is
any that is not ASCII. Addresses have no blanks, and are written as they are.
"""

from email.header import Header
from email.utils import formataddr
from typing import Final

CRLF: Final = "\r\n"
ENCODED_WORD: Final = 75
"""Characters of an encoded word (RFC 2047 §2)."""


def text_header(name: str, text: str) -> str:
    """Return a header of one line of text, folded, without the line end."""
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return f"{name}: {Header(text, charset, header_name=name).encode(linesep=CRLF)}"


def mailbox(name: str, address: str, fold: str = "") -> str:
    """Return a name, which may be empty, and an ASCII address as a mailbox in ASCII; `fold` breaks one that is long."""
    if _is_plain(name):
        return formataddr((name, address))
    return f"{Header(name, 'utf-8').encode(maxlinelen=ENCODED_WORD, linesep=fold)} <{address}>"


def unsubscribe_headers(url: str | None) -> dict[str, str]:
    """Return the headers by which a mail client offers to unsubscribe (RFC 2369 §3.2), with one click (RFC 8058); none
    without a `url`. Clients heed them in mails whose DKIM signature covers both.
    """
    if url is None:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text
