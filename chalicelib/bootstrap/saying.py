"""What messages say, and what goes with them."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.known import known_templates
from chalicelib.bootstrap.stored import categories, fragments
from chalicelib.domain.ids import TenantId
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.auth.tracking_tokens import TrackingTokens
    from chalicelib.auth.unsubscribe_tokens import UnsubscribeTokens
    from chalicelib.channels.base import MailFile
    from chalicelib.domain.content import Attachment
    from chalicelib.domain.request import NotificationRequest
    from chalicelib.domain.tenant import Tenant
    from chalicelib.rendering.renderer import Renderer
    from chalicelib.services.attachments import Attach
    from chalicelib.services.heavy_mail import HeavyMail
    from chalicelib.services.say import Say
    from chalicelib.services.template_drafts import Drafting
    from chalicelib.services.tracking_links import TrackingLinks
    from chalicelib.services.unsubscribe_links import UnsubscribeLinks


@cache
def rendering() -> "Renderer":
    """Return what reads templates and fills them. Wired by the first that does: its files need not be loaded before."""
    from chalicelib.rendering.renderer import Renderer

    return Renderer()


@cache
def say() -> "Say":
    """Return the use case that says what requests say."""
    from chalicelib.services.say import Say

    return Say(known_templates(), rendering)


@cache
def say_in_mails() -> "Say":
    """Return the use case that says what requests say, in e-mails with the link that ends them."""
    from chalicelib.services.say import Say

    return Say(known_templates(), rendering, _unsubscribe_url)


@cache
def drafting() -> "Drafting":
    """Return what makes versions of templates."""
    from chalicelib.services.template_drafts import Drafting

    return Drafting(rendering, fragments(), categories())


@cache
def unsubscribe_tokens() -> "UnsubscribeTokens":
    """Return what signs and reads the tokens of unsubscribe links."""
    from chalicelib.auth.unsubscribe_tokens import UnsubscribeTokens
    from chalicelib.aws.secrets import secret

    return UnsubscribeTokens(secret(settings().cursor_secret_arn))


@cache
def unsubscribe_links() -> "UnsubscribeLinks":
    """Return what makes the links by which recipients unsubscribe."""
    from chalicelib.services.unsubscribe_links import UnsubscribeLinks

    return UnsubscribeLinks(settings().public_url, unsubscribe_tokens().sign)


@cache
def tracking_tokens() -> "TrackingTokens":
    """Return what signs and reads the tokens of links that tell what becomes of e-mails."""
    from chalicelib.auth.tracking_tokens import TrackingTokens
    from chalicelib.aws.secrets import secret

    return TrackingTokens(secret(settings().cursor_secret_arn))


@cache
def tracking_links() -> "TrackingLinks":
    """Return what puts such links into e-mails."""
    from chalicelib.services.tracking_links import TrackingLinks

    return TrackingLinks(settings().public_url, tracking_tokens().sign_open, tracking_tokens().sign_click)


@cache
def heavy_mail() -> "HeavyMail":
    """Return what lets one mail with files at a time into memory."""
    from chalicelib.services.heavy_mail import HeavyMail

    return HeavyMail()


@cache
def attach() -> "Attach":
    """Return what gets the files that go with e-mails."""
    from chalicelib.aws.files import S3Files
    from chalicelib.services.attachments import Attach

    return Attach(S3Files(settings().files_bucket), heavy_mail().take_turn)


def _unsubscribe_url(request: "NotificationRequest", tenant: "Tenant") -> str | None:
    # Wired by the first mail: of all lanes only that of e-mail may read the secret that links are signed with.
    return unsubscribe_links()(request, tenant)


def _files(tenant: TenantId, attachments: "Sequence[Attachment]") -> "tuple[MailFile, ...]":
    # Wired by the first mail that has some: few do.
    return attach()(tenant, attachments)


def _tracked(html: str, request: "NotificationRequest", tenant: "Tenant") -> str:
    # Wired by the first mail of a tenant that wants to know: few do.
    wanted = tenant.settings.tracking
    return tracking_links()(html, request, tenant) if wanted.opens or wanted.clicks else html
