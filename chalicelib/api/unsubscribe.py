"""Unsubscribing by the link in an e-mail: a page that asks, and a form that does it.

Mail clients do it without the page (RFC 8058): they post to the same address. Whatever merely follows links (scanners,
previews) gets the page, and nothing happens.
"""

from typing import Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.unsubscribe_pages import HEADERS, Page, ask, cannot, done, gone
from chalicelib.auth.unsubscribe_tokens import InvalidTokenError
from chalicelib.domain.errors import BusyError, NotFoundError
from chalicelib.domain.subscription import Subscription
from chalicelib.observability import logger
from chalicelib.services.unsubscribe import MandatoryCategoryError
from chalicelib.tenancy import tenant_scope

routes = Routes(__name__, tag="Unsubscribing")
LINK: Final = "/unsubscribe/{token}"


@routes.add(
    "GET", LINK, needs=None, summary="Ask whether to unsubscribe", raises=(NotFoundError, MandatoryCategoryError)
)
def ask_to_unsubscribe(_: Call, token: str) -> Reply:
    """Answer a page with a form (HTML, its errors too). Changes nothing."""
    return _answered(token, do_it=False)


@routes.add(
    "POST",
    LINK,
    needs=None,
    summary="Unsubscribe (one click, RFC 8058)",
    raises=(NotFoundError, MandatoryCategoryError, BusyError),
)
def unsubscribe(_: Call, token: str) -> Reply:
    """Turn the e-mails of the category off that the link is of, and answer a page (HTML, its errors too).

    The body, a form that says `List-Unsubscribe=One-Click`, tells nothing that the address does not.
    """
    return _answered(token, do_it=True)


def _answered(token: str, *, do_it: bool) -> Reply:
    try:
        subscription = bootstrap.unsubscribe_tokens().read(token)
    except InvalidTokenError:
        return _page(404, gone())
    with tenant_scope(subscription.tenant):
        return _page(*_outcome(subscription, do_it=do_it))


def _outcome(subscription: Subscription, *, do_it: bool) -> tuple[int, Page]:
    use_case = bootstrap.unsubscribe()
    try:
        tenant = use_case(subscription) if do_it else use_case.look(subscription)
    except NotFoundError:
        return 404, gone()
    except MandatoryCategoryError:
        return 409, cannot()
    if do_it:
        logger.info("Unsubscribed", extra={"tenant": subscription.tenant, "category": subscription.category})
    return 200, (done if do_it else ask)(tenant.name, subscription.category)


def _page(status: int, page: Page) -> Reply:
    return Reply(text=page, status=status, headers=HEADERS)
