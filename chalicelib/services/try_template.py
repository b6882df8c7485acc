"""Sending a version of a template, published or not, to somebody who tries it out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.template import TemplateVersion, languages
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Priority
from chalicelib.services.accept import Accept
from chalicelib.services.manage_templates import ManageTemplates
from chalicelib.services.order import Filling, Order
from chalicelib.services.ports import Recipients, Rendering, TemplateError
from chalicelib.services.preview_template import Wanted, stored_version
from chalicelib.services.publish_template import about_nobody


@dataclass(frozen=True, slots=True)
class TryTemplate:
    """The use case: have a version sent to somebody who tries it out, if it has something to say to them."""

    manage: ManageTemplates
    recipients: Recipients
    rendering: Callable[[], Rendering]

    def order(self, tenant: TenantId, key: TemplateKey, to: Recipient, wanted: Wanted) -> Order:
        """Return the order that sends what is wanted, the latest version unless a number says otherwise.

        Raises
        ------
        NotFoundError
            There is no such template.
        InvalidInputError
            It has no such version.
        """
        number = wanted.number or self.manage.get(tenant, key).latest
        version = stored_version(self.manage, tenant, key, number)
        data = version.sample if wanted.data is None else wanted.data
        return Order(
            tenant=tenant,
            recipients=(to,),
            priority=Priority.MEDIUM,
            template=Filling(key=key, data=data, version=number),
            channels=wanted.channels,
            metadata={"testSend": True},
        )

    def filled_by(self, accept: Accept) -> Accept:
        """Return what accepts such orders as `accept` does, except that it raises InvalidInputError for what cannot be
        filled, before it is stored; what was accepted under a key is not refused for what was saved since.
        """

        def fill(order: Order) -> Order:
            filled = accept.fill(order)
            faults = dict.fromkeys(self._faults(filled))
            if faults:
                raise InvalidInputError(faults=[*faults])
            return filled

        return replace(accept, fill=fill)

    def _faults(self, order: Order) -> Iterator[Fault]:
        tenant, use = self.manage.tenant(order.tenant), order.template
        version = use and use.version and self.manage.templates.version(tenant.id, use.key, use.version)
        if not use or not version:
            return
        for to in order.recipients:
            stored = self.recipients.get(tenant.id, to.user_type, to.user_id)
            # Whoever is named with all addresses is not looked up again when it is sent.
            for person in [to] if stored is None else [to, to.completed_by(stored)]:
                for channel in order.channels:
                    yield from self._unfilled(tenant, version, person, channel, use)

    def _unfilled(
        self, tenant: Tenant, version: TemplateVersion, to: Recipient, channel: Channel, use: Filling
    ) -> Iterator[Fault]:
        spoken = languages(to.locale, tenant.configuration.locale)
        locale = next(each for each in (*spoken, *version.ready) if each in version.ready)
        about = replace(about_nobody(tenant, locale), recipient=to.told())
        try:
            self.rendering().fill(tenant.id, version, channel, [locale], use.data, about)
        except TemplateError as error:
            pointer = f"/localizations/{locale}/{channel}"
            yield Fault(pointer=pointer, code="template_error", detail=error.detail)
