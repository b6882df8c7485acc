"""Saying: what a notification says on a channel, in its recipient's language."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.channels.base import UnshapeableError
from chalicelib.domain.content import Content
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.template import TemplateUse, languages
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.ports import About, Rendering, TemplateError, TemplateLookup


@dataclass(frozen=True, slots=True)
class Say:
    """Fills what a request says from its template, as often as somebody wants to know: a version never changes, so that
    is always the same.

    `rendering` is made by the first request that needs it: most of what fills templates takes long to load.
    `unsubscribe_url` returns where the recipient of an e-mail ends mails of its kind, None where there is no way out.
    """

    templates: TemplateLookup
    rendering: Callable[[], Rendering]
    unsubscribe_url: Callable[[NotificationRequest, Tenant], str | None] = lambda request, tenant: None  # noqa: ARG005

    def __call__(
        self, request: NotificationRequest, channel: Channel, recipient: Recipient, tenant: Tenant
    ) -> NotificationRequest:
        """Return the request with what it says on `channel`; one that is not filled from a template as it is.

        Raises
        ------
        UnshapeableError
            `template_error`: the template is gone, or could not be filled.
        """
        if request.template is None:
            return request
        link = self.unsubscribe_url(request, tenant) if channel is Channel.EMAIL else None
        return replace(request, content=self._filled(request.template, channel, recipient, tenant, link))

    def to_owner(self, request: NotificationRequest, tenant: Tenant) -> NotificationRequest:
        """Return the request with what the inbox shows of it: nothing, where its template cannot be filled."""
        try:
            return self(request, Channel.IN_APP, request.recipient, tenant)
        except UnshapeableError:
            return request

    def _filled(
        self, use: TemplateUse, channel: Channel, recipient: Recipient, tenant: Tenant, link: str | None
    ) -> Content:
        version = self.templates.version(tenant.id, use.key, use.version)
        if version is None:
            raise UnshapeableError(Reason.TEMPLATE_ERROR)
        about = About(
            recipient=recipient.told(),
            tenant={"id": tenant.id, "name": tenant.name},
            unsubscribe_url=link,
            url_schemes=tenant.settings.url_schemes,
        )
        spoken = languages(recipient.locale, tenant.configuration.locale)
        try:
            return self.rendering().fill(tenant.id, version, channel, spoken, use.data, about)
        except TemplateError as error:
            raise UnshapeableError(Reason.TEMPLATE_ERROR) from error
