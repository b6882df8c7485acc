"""The links by which an e-mail tells that it was opened and that a link in it was followed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.channels.links import rewrite_links, with_image
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.tracking import TrackedLink, TrackedMail

FOLLOWED: Final = re.compile(r"https?://[!-~]{1,2000}\Z", re.IGNORECASE)
"""Addresses that are led to through Herald. Others stay: those of mails and telephones, places in the mail itself, and
what is no plain address (blanks, other than ASCII) or too long to stand in another one.
"""


@dataclass(frozen=True, slots=True)
class TrackingLinks:
    """Puts links below `public_url`, where Herald is reached from anywhere, into e-mails; `sign_…` return tokens."""

    public_url: str
    sign_open: Callable[[TrackedMail], str]
    sign_click: Callable[[TrackedLink], str]

    def __call__(self, html: str, request: NotificationRequest, tenant: Tenant) -> str:
        """Return the HTML of a mail with its links led through Herald and an image at its end, as far as the tenant
        wants to know. The way to unsubscribe is never led through anything.
        """
        mail, tracking = TrackedMail(tenant.id, request.id), tenant.settings.tracking
        base = self.public_url.rstrip("/")

        def followed(target: str) -> str | None:
            if not FOLLOWED.match(target) or target.startswith(f"{base}/unsubscribe/"):
                return None
            return f"{base}/t/c/{self.sign_click(TrackedLink(mail, target))}"

        if tracking.clicks:
            html = rewrite_links(html, followed)
        return with_image(html, f"{base}/t/o/{self.sign_open(mail)}") if tracking.opens else html
