"""Who is shown addresses: those who administer a tenant. Viewers and managers see them masked."""

from chalicelib.auth.permissions import Permission, permits
from chalicelib.domain.principal import Principal
from chalicelib.domain.recipient import Recipient
from chalicelib.services.masking import mask_recipient


def as_seen_by(principal: Principal, recipient: Recipient) -> Recipient:
    """Return a recipient as `principal` may see it."""
    return recipient if sees_addresses(principal) else mask_recipient(recipient)


def sees_addresses(principal: Principal) -> bool:
    """Tell whether `principal` may see addresses."""
    return permits(Permission.ADMINISTER, principal)
