"""Orders from templates: which version they are filled from, and whether their data will do."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import Fault, InvalidInputError, TemplateNotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.template import TemplateVersion
from chalicelib.services.order import Filling, Order
from chalicelib.services.ports import Rendering, TemplateLookup


@dataclass(frozen=True, slots=True)
class FillTemplate:
    """The use case: pin an order to the version of its template that it is filled from.

    `rendering` is made by the first order that needs it: what checks data takes long to load.
    """

    templates: TemplateLookup
    rendering: Callable[[], Rendering]

    def __call__(self, order: Order) -> Order:
        """Return the order with the version of its template, and what it leaves open taken from there.

        Raises
        ------
        TemplateNotFoundError
            The tenant has no such template, or none that is published.
        InvalidInputError
            The data is not what the template needs; pointers are into the body of a send.
        """
        if order.template is None:
            return order
        version = self._version(order.tenant, order.template)
        faults = self.rendering().data_faults(version, order.template.data)
        if faults:
            placed = [replace(fault, pointer=f"/template/data{fault.pointer}") for fault in faults]
            raise InvalidInputError(faults=placed)
        return replace(
            order,
            template=replace(order.template, version=version.number),
            category=order.category or version.category,
            type=order.type or version.type,
            channels=order.channels or version.channels,
        )

    def _version(self, tenant: TenantId, wanted: Filling) -> TemplateVersion:
        if wanted.version is None:
            found = self.templates.published(tenant, wanted.key)
        else:
            found = self.templates.version(tenant, wanted.key, wanted.version)
        if found is None:
            detail = "The tenant has no published template of this key"
            fault = Fault(pointer="/template/key", code=TemplateNotFoundError.code, detail=detail)
            raise TemplateNotFoundError(faults=[fault])
        return found
