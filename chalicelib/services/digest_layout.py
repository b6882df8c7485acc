"""What a digest says: how many updates of which category, and a line for each."""

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from chalicelib.channels.graphemes import shorten
from chalicelib.domain.content import Content, SmsContent
from chalicelib.domain.request import NotificationRequest

SUBJECT_LIMIT: Final = 78
"""Characters: the line length RFC 5322 recommends."""
LINE_LIMIT: Final = 120
"""Characters of what is said of one notification."""
TEXT_LIMIT: Final = 80
"""Characters of what a text message says of the newest one: with all else that fits one segment."""


def digest_content(category: str, told: Sequence[NotificationRequest]) -> Content:
    """Return the content of a digest of `told` (one or more, the newest last).

    Texts come from whoever sent them: no line of theirs becomes two, and none becomes markup.
    """
    count = f"{len(told)} updates" if len(told) > 1 else "1 update"
    subject = shorten(f"{count}: {_line(category)}", SUBJECT_LIMIT)
    titles = [(_title(request), request.content.action_url) for request in told]
    newest = shorten(titles[-1][0], TEXT_LIMIT).replace("…", "...")  # no phone's alphabet has it: 70 a segment, not 160
    return Content(
        subject=subject,
        body="\n".join(f"- {title}" + (f": {url}" if url else "") for title, url in titles),
        html=f"<p>{escape(subject)}</p>\n<ul>\n" + "\n".join(_item(title, url) for title, url in titles) + "\n</ul>",
        sms=SmsContent(text=f"{subject}. Newest: {newest}", truncate=True),
    )


def digest_data(told: Sequence[NotificationRequest]) -> dict[str, Any]:
    """Return what a template for digests is filled with: the category, how many there are and the list of them, the
    newest last. A `url` may be empty.
    """
    items = [{"title": _title(each), "url": each.content.action_url or "", "type": each.type or ""} for each in told]
    return _data(_line(told[-1].category), items)


def _data(category: str, items: Sequence[dict[str, str]]) -> dict[str, Any]:
    return {"category": category, "count": len(items), "items": list(items)}


_BARE: Final = {"title": "An update", "url": "", "type": ""}
_FULL: Final = {"title": "Another update", "url": "https://example.com/updates/1", "type": "order.shipped"}
EXAMPLES: Final = (_data("marketing", [_BARE]), _data("marketing", [_BARE, _FULL]))
"""What a template for digests has to take: one that is known for nothing but its title, and several."""


def _item(title: str, url: str | None) -> str:
    text = escape(title)
    return f'<li><a href="{escape(url)}">{text}</a></li>' if url else f"<li>{text}</li>"


def _title(request: NotificationRequest) -> str:
    """Return the subject, or the first line of the body that says something."""
    texts = (request.content.subject or "", *request.content.body.splitlines(), request.category)
    return shorten(next(filter(None, map(_line, texts)), ""), LINE_LIMIT)


def _line(text: str) -> str:
    """Return `text` as one line without control characters."""
    kept = (" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text)
    return " ".join("".join(kept).split())
