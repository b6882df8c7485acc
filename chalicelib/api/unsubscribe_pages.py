"""The pages of unsubscribing: plain HTML that runs nothing and loads nothing."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final, NewType

Page = NewType("Page", str)
"""A whole HTML document."""

_STYLE: Final = (
    "body{max-width:34rem;margin:10vh auto;padding:0 1rem;font:1.125rem/1.6 system-ui,sans-serif;"
    "color:#1b1b1b;background:#fff}"
    "button{font:inherit;padding:.75rem 1.5rem;border:0;border-radius:.25rem;color:#fff;background:#0b57d0;"
    "cursor:pointer}"
    "button:focus-visible{outline:3px solid #1b1b1b;outline-offset:3px}"
)
_STYLE_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}


def ask(tenant: str, category: str) -> Page:
    """Return the page that asks; its form posts to the page's own address."""
    return _page(
        "Unsubscribe?",
        f"<p>You will get no more e-mails of the kind <strong>{escape(category)}</strong> from "
        f"<strong>{escape(tenant)}</strong>.</p>"
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        '<button type="submit">Unsubscribe</button></form>',
    )


def done(tenant: str, category: str) -> Page:
    """Return the page that says it is done."""
    return _page(
        "You are unsubscribed",
        f"<p>You will get no more e-mails of the kind <strong>{escape(category)}</strong> from "
        f"<strong>{escape(tenant)}</strong>. You can close this page.</p>",
    )


def cannot() -> Page:
    """Return the page that says that these e-mails have to be sent."""
    return _page(
        "These e-mails cannot be turned off",
        "<p>They tell you of what you have asked for or of what you must be told. Nothing was changed.</p>",
    )


def gone() -> Page:
    """Return the page of a link that is none of ours."""
    return _page("Page not found", "<p>This link is not complete, or not valid any more. Nothing was changed.</p>")


def _page(title: str, content: str) -> Page:
    return Page(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )
