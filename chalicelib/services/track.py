"""What becomes of e-mails once they have arrived: opened, and links in them followed."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.tracking import TrackedMail
from chalicelib.domain.value import Millis
from chalicelib.services.notification import Notification, Owner
from chalicelib.services.ports import NotificationRef, RefusedChangeError, States, TenantLookup

Read = Callable[[Owner, NotificationId, Millis], Notification]
"""Marks a notification read for its owner; raises NotFoundError."""


@dataclass(frozen=True, slots=True)
class Track:
    """The use case: an e-mail tells that something became of it. Of what is not known (any more) nothing is kept."""

    states: States
    tenants: TenantLookup
    read: Read

    def opened(self, mail: TrackedMail, now: Millis) -> None:
        """Record when an e-mail was first opened, where its tenant wants to know."""
        tenant, state = self._known(mail)
        if tenant is None or state is None or not tenant.settings.tracking.opens:
            return
        if state.opened_at is None:
            self._once(self.states.mark_opened, mail, now)
        self._count_as_read(tenant, state, now)

    def clicked(self, mail: TrackedMail, now: Millis) -> None:
        """Record when a link in an e-mail was first followed, where its tenant wants to know."""
        tenant, state = self._known(mail)
        if tenant is None or state is None or not tenant.settings.tracking.clicks:
            return
        if state.clicked_at is None:
            self._once(self.states.mark_clicked, mail, now)
        self._count_as_read(tenant, state, now)

    def _known(self, mail: TrackedMail) -> tuple[Tenant | None, NotificationState | None]:
        # Mails are opened again and again, and reading costs a fifth of what a refused write does.
        tenant = self.tenants.get(mail.tenant)
        return tenant, None if tenant is None else self.states.get(mail.tenant, mail.notification)

    def _once(
        self, mark: Callable[[NotificationRef, Millis], NotificationState], mail: TrackedMail, now: Millis
    ) -> None:
        try:
            mark(NotificationRef(mail.tenant, mail.notification), now)
        except RefusedChangeError:
            return  # It was removed in the meantime.

    def _count_as_read(self, tenant: Tenant, state: NotificationState, now: Millis) -> None:
        if not tenant.settings.tracking.count_as_read or state.read_at is not None:
            return
        try:
            self.read(Owner(tenant.id, state.user_type, state.user_id), state.id, now)
        except NotFoundError:
            return  # Its owner deleted it.
