"""What links and images in e-mails lead to. They are followed by people, and by programs that look at mails for them.

HEAD is not answered: programs that only ask what is behind a link count as nobody. Those that fetch images or follow
links ahead of the reader (proxies of mailboxes, scanners) cannot be told from readers.
"""

from collections.abc import Callable
from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.unsubscribe_pages import HEADERS, gone
from chalicelib.auth.unsubscribe_tokens import InvalidTokenError
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.tracking import TrackedMail
from chalicelib.domain.value import Millis
from chalicelib.observability import logger
from chalicelib.tenancy import tenant_scope

routes = Routes(__name__, tag="Tracking")

PIXEL: Final = "GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
"""An image of one point without colors of its own (https://www.w3.org/Graphics/GIF/spec-gif89a.txt): every byte of it
is ASCII, so that it passes the gateway as the text that all answers are.
"""
IMAGE: Final = {"Content-Type": "image/gif", "Cross-Origin-Resource-Policy": "cross-origin"}
NOT_INDEXED: Final = {"X-Robots-Tag": "noindex, nofollow"}


@routes.add("GET", "/t/o/{token}", needs=None, summary="Tell that an e-mail was opened")
def tell_open(call: Call, token: str) -> Reply:
    """Answer an image (GIF), whatever the token is."""
    try:
        mail = bootstrap.tracking_tokens().read_open(token)
    except InvalidTokenError:
        return Reply(text=PIXEL, headers=IMAGE)
    _record(bootstrap.track().opened, mail, call.now)
    return Reply(text=PIXEL, headers=IMAGE)


@routes.add(
    "GET", "/t/c/{token}", needs=None, summary="Follow a link in an e-mail", status=302, raises=(NotFoundError,)
)
def follow_link(call: Call, token: str) -> Reply:
    """Lead to where the link leads (its errors are HTML): to what Herald has signed, and nowhere else."""
    try:
        link = bootstrap.tracking_tokens().read_click(token)
    except InvalidTokenError:
        return Reply(text=gone(), status=404, headers=HEADERS)
    _record(bootstrap.track().clicked, link.mail, call.now)
    return Reply(status=302, headers={"Location": link.target} | NOT_INDEXED)


def _record(record: Callable[[TrackedMail, Millis], None], mail: TrackedMail, now: Millis) -> None:
    """Record it if that can be done: whoever reads a mail gets what they asked for in any case."""
    try:
        with tenant_scope(mail.tenant):
            record(mail, now)
    except Exception:  # noqa: BLE001 (logged with its trace; what is ours must not keep the reader from what is theirs)
        logger.exception("What became of a mail could not be recorded", extra={"tenant": mail.tenant})
