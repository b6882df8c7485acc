"""Managing stored recipients. The log shows their addresses masked: it outlives an erasure."""

from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change
from chalicelib.services.input_rules import check_recipient
from chalicelib.services.masking import mask_recipient
from chalicelib.services.ports import Recipients, StaleVersionError, TenantLookup


@dataclass(frozen=True, slots=True)
class ManageRecipients:
    """The use case: store, look up and remove the recipients of a tenant."""

    recipients: Recipients
    tenants: TenantLookup
    audited: AuditedChanges

    def put(self, tenant: TenantId, recipient: Recipient, by: Actor) -> bool:
        """Create or replace a recipient; tells whether it is new.

        Raises
        ------
        InvalidInputError
            An address, the locale or the time zone is not one.
        NotFoundError
            There is no such tenant.
        """
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        check_recipient(recipient)
        stored = self.recipients.get(tenant, recipient.user_type, recipient.user_id)
        if recipient != stored:
            change = _change(tenant, Action.PUT_RECIPIENT, recipient, before=stored, after=recipient)
            with self.audited.change(change, by):
                self.recipients.put(tenant, recipient)
        return stored is None

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Recipient:
        """Return a recipient; raises NotFoundError when the tenant has none of this name."""
        stored = self.recipients.get(tenant, user_type, user_id)
        if stored is None:
            raise NotFoundError
        return stored

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId, by: Actor) -> None:
        """Remove a recipient; raises NotFoundError when the tenant has none of this name."""
        stored = self.get(tenant, user_type, user_id)
        change = _change(tenant, Action.DELETE_RECIPIENT, stored, before=stored, after=None)
        with self.audited.change(change, by):
            if not self.recipients.delete(tenant, user_type, user_id):
                raise StaleVersionError


def _change(
    tenant: TenantId, action: Action, named: Recipient, *, before: Recipient | None, after: Recipient | None
) -> Change:
    return Change(
        action=action,
        target=f"recipient/{named.user_type}/{named.user_id}",
        tenants=(tenant,),
        before=before and mask_recipient(before),
        after=after and mask_recipient(after),
    )
