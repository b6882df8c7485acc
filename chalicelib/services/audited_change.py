"""Administrative changes: each of the version somebody saw, each on record.

The record comes first. If we die in between, the log tells of a change that was asked for and not made, which a look
at the target settles; the other way round a change would be made that nobody could ever be asked about.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import msgspec

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.ids import TenantId, time_ordered_id
from chalicelib.domain.principal import Principal
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.wire import to_plain
from chalicelib.services.ports import AuditLog, ExistsError, StaleVersionError
from chalicelib.tenancy import tenant_scope

REFUSED = ".refused"
"""Ends the action of the entry that follows when the store refused what an entry announced."""


class Action(StrEnum):
    """What an administrator may do."""

    CREATE_TENANT = "tenant.create"
    UPDATE_TENANT = "tenant.update"
    INVITE_ADMIN = "tenant.invite_admin"
    SUSPEND_TENANT = "tenant.suspend"
    ACTIVATE_TENANT = "tenant.activate"
    CREATE_SERVICE_ACCOUNT = "service_account.create"
    UPDATE_SERVICE_ACCOUNT = "service_account.update"
    DELETE_SERVICE_ACCOUNT = "service_account.delete"
    PUT_RECIPIENT = "recipient.put"
    DELETE_RECIPIENT = "recipient.delete"
    SUPPRESS_ADDRESS = "suppression.put"
    RELEASE_ADDRESS = "suppression.delete"
    CREATE_PROVIDER = "provider.create"
    UPDATE_PROVIDER = "provider.update"
    REPLACE_CREDENTIALS = "provider.replace_credentials"
    DELETE_PROVIDER = "provider.delete"
    TEST_PROVIDER = "provider.test"
    START_WHATSAPP = "whatsapp_session.start"
    DISCONNECT_WHATSAPP = "whatsapp_session.disconnect"
    CREATE_POLICY = "escalation_policy.create"
    UPDATE_POLICY = "escalation_policy.update"
    DELETE_POLICY = "escalation_policy.delete"
    CREATE_ROTA = "on_call_rota.create"
    UPDATE_ROTA = "on_call_rota.update"
    DELETE_ROTA = "on_call_rota.delete"
    CREATE_TEMPLATE = "template.create"
    UPDATE_TEMPLATE = "template.update"
    ADD_VERSION = "template.add_version"
    PUBLISH_TEMPLATE = "template.publish"
    ROLL_BACK_TEMPLATE = "template.roll_back"
    DELETE_TEMPLATE = "template.delete"
    CREATE_LAYOUT = "layout.create"
    UPDATE_LAYOUT = "layout.update"
    DELETE_LAYOUT = "layout.delete"
    CREATE_PARTIAL = "partial.create"
    UPDATE_PARTIAL = "partial.update"
    DELETE_PARTIAL = "partial.delete"
    CREATE_CATEGORY = "template_category.create"
    UPDATE_CATEGORY = "template_category.update"
    DELETE_CATEGORY = "template_category.delete"
    CREATE_LOOKUP = "lookup.create"
    UPDATE_LOOKUP = "lookup.update"
    DELETE_LOOKUP = "lookup.delete"
    PUT_FLAG = "feature_flag.put"
    DELETE_FLAG = "feature_flag.delete"


class Actor(msgspec.Struct, frozen=True):
    """Who acts, and when."""

    principal: Principal
    now: Millis


class Change(msgspec.Struct, frozen=True):
    """What is about to change. `before` and `after` are as the log may show them: without credentials."""

    action: Action
    target: str
    tenants: tuple[TenantId, ...]
    before: Value | None = None
    after: Value | None = None


class AuditedChanges(msgspec.Struct, frozen=True):
    """Makes administrative changes, each after it was recorded in the log of every tenant that it touches."""

    log: AuditLog
    randomness: Callable[[int], bytes]

    @contextmanager
    def change(self, change: Change, by: Actor) -> Iterator[None]:
        """Record `change`, then let the caller make it.

        Raises
        ------
        ConflictError
            The store refused it: somebody else was faster. The log then says so too.
        """
        entries = [self._entry(tenant, change, by) for tenant in change.tenants]
        self._add(entries)
        try:
            yield
        except (ExistsError, StaleVersionError) as refused:
            self._add([self._refusal(entry) for entry in entries])
            raise ConflictError(f"{change.target} was changed meanwhile") from refused

    def _add(self, entries: list[AuditEntry]) -> None:
        for entry in entries:
            with tenant_scope(entry.tenant):
                self.log.add(entry)

    def _entry(self, tenant: TenantId, change: Change, by: Actor) -> AuditEntry:
        return AuditEntry(
            id=time_ordered_id(by.now, self.randomness(10)),
            tenant=tenant,
            at=by.now,
            actor=by.principal.name,
            action=change.action,
            target=change.target,
            before=to_plain(change.before),
            after=to_plain(change.after),
        )

    def _refusal(self, entry: AuditEntry) -> AuditEntry:
        id = time_ordered_id(entry.at, self.randomness(10))
        return msgspec.structs.replace(entry, id=id, action=entry.action + REFUSED)


def expect_version(stored: int, expected: int | None) -> None:
    """Raise ConflictError when the caller says which version they saw, and it is no longer the stored one."""
    if expected not in (None, stored):
        raise ConflictError(f"Version {expected} was expected, the stored one is {stored}")
