"""Wires the use cases to the real store and AWS, once in a process, each when it is first asked for.

This is the only place that knows which adapter stands behind which port. Nothing kept here belongs to a tenant: caches
are keyed by tenant and short-lived.
"""

import os
import random
import time
from functools import cache

from chalicelib.aws import health
from chalicelib.aws.bus import AwsBus
from chalicelib.aws.clients import session
from chalicelib.aws.queues import AwsQueues
from chalicelib.aws.secrets import secret
from chalicelib.aws.vault import KmsVault
from chalicelib.channels.base import address_fault, shape
from chalicelib.domain.ids import TenantId
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.value import Millis
from chalicelib.providers.base import Timeouts
from chalicelib.providers.caller import Caller
from chalicelib.providers.registry import setting_faults
from chalicelib.services.accept import Accept
from chalicelib.services.audit import ReadAudit
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.cached import CachedProviders, CachedTenants
from chalicelib.services.cancel import Cancel
from chalicelib.services.deliver import Deliver
from chalicelib.services.dispatch import Dispatch
from chalicelib.services.find_notifications import FindNotifications
from chalicelib.services.inbox import Inbox
from chalicelib.services.inbox_many import InboxMany
from chalicelib.services.manage_providers import ManageProviders
from chalicelib.services.manage_recipients import ManageRecipients
from chalicelib.services.manage_service_accounts import ManageServiceAccounts
from chalicelib.services.manage_tenants import ManageTenants
from chalicelib.services.project import Project
from chalicelib.services.sweep import Sweep
from chalicelib.settings import settings
from chalicelib.store import images
from chalicelib.store.audit import AuditRows
from chalicelib.store.cursors import Cursors
from chalicelib.store.idempotency import IdempotencyRows
from chalicelib.store.providers import ProviderRows
from chalicelib.store.recipients import RecipientRows
from chalicelib.store.requests import RequestRows
from chalicelib.store.service_accounts import ServiceAccountRows
from chalicelib.store.states import StateRows
from chalicelib.store.sweep import SweepRows
from chalicelib.store.table import Table
from chalicelib.store.tenants import TenantRows
from chalicelib.tenancy import tenant_scope

LEASE_FACTOR = 2
"""A lease lasts this many times as long as a vendor may take."""


state_from_image = images.state_from_image


def now() -> Millis:
    """Return the time."""
    return Millis(time.time_ns() // 1_000_000)


@cache
def table() -> Table:
    """Return the table."""
    return Table(settings().table, session())


@cache
def queues() -> AwsQueues:
    """Return the topic and the queues."""
    configured = settings()
    return AwsQueues(
        topic_arn=configured.topic_arn,
        dispatch_queue=configured.dispatch_queue,
        redrive_queue=configured.redrive_queue,
        lanes=configured.lanes,
    )


@cache
def vault() -> KmsVault:
    """Return the vault of credentials."""
    return KmsVault(settings().key_arn)


@cache
def requests() -> RequestRows:
    """Return the stored requests."""
    return RequestRows(table())


@cache
def states() -> StateRows:
    """Return the stored states."""
    return StateRows(table(), os.urandom)


@cache
def recipients() -> RecipientRows:
    """Return the stored recipients."""
    return RecipientRows(table())


@cache
def tenants() -> TenantRows:
    """Return the stored tenants."""
    return TenantRows(table())


@cache
def providers() -> ProviderRows:
    """Return the stored providers."""
    return ProviderRows(table())


@cache
def service_accounts() -> ServiceAccountRows:
    """Return the stored service accounts."""
    return ServiceAccountRows(table())


@cache
def known_tenants() -> CachedTenants:
    """Return the tenants as they were a short time ago: what sending asks."""
    return CachedTenants(tenants(), now, _fresh_for())


@cache
def known_providers() -> CachedProviders:
    """Return the providers as they were a short time ago: what sending asks."""
    return CachedProviders(providers(), now, _fresh_for())


@cache
def timeouts() -> Timeouts:
    """Return how long a vendor may take."""
    return Timeouts(connect=settings().connect_timeout, read=settings().read_timeout)


@cache
def accept() -> Accept:
    """Return the use case that accepts sends."""
    return Accept(
        requests=requests(),
        records=IdempotencyRows(table()),
        tenants=known_tenants(),
        providers=known_providers(),
        randomness=os.urandom,
    )


@cache
def cancel() -> Cancel:
    """Return the use case that cancels."""
    return Cancel(requests=requests(), states=states(), tenants=known_tenants())


@cache
def dispatch() -> Dispatch:
    """Return the use case that decides and publishes."""
    return Dispatch(
        requests=requests(),
        states=states(),
        recipients=recipients(),
        tenants=known_tenants(),
        providers=known_providers(),
        queues=queues(),
        check_address=address_fault,
        stage_vendors=settings().default_providers,
    )


@cache
def deliver() -> Deliver:
    """Return the use case that makes deliveries."""
    return Deliver(
        requests=requests(),
        states=states(),
        recipients=recipients(),
        tenants=known_tenants(),
        providers=known_providers(),
        queues=queues(),
        caller=Caller(vault(), timeouts()),
        check_address=address_fault,
        shape=shape,
        stage_vendors=settings().default_providers,
        clock=now,
        randomness=random.random,
        lease=int(LEASE_FACTOR * timeouts().total * 1_000),
    )


@cache
def project() -> Project:
    """Return the use case that emits domain events."""
    return Project(bus=AwsBus(settings().bus), mode_of=_event_mode)


@cache
def sweep() -> Sweep:
    """Return the use case that nudges what is stuck."""
    return Sweep(
        requests=requests(),
        states=states(),
        cursors=SweepRows(table()),
        queues=queues(),
        grace=int(settings().sweep_grace * 1_000),
    )


@cache
def inbox() -> Inbox:
    """Return the use cases of one notification in its owner's inbox."""
    return Inbox(requests(), states())


@cache
def inbox_many() -> InboxMany:
    """Return the use cases of many notifications in their owner's inbox."""
    return InboxMany(requests(), states(), now)


@cache
def find_notifications() -> FindNotifications:
    """Return the use case that finds a tenant's notifications."""
    return FindNotifications(requests(), states())


@cache
def audited_changes() -> AuditedChanges:
    """Return what puts administrative changes on record."""
    return AuditedChanges(AuditRows(table()), os.urandom)


@cache
def read_audit() -> ReadAudit:
    """Return the use case that reads the audit log."""
    return ReadAudit(AuditRows(table()))


@cache
def manage_tenants() -> ManageTenants:
    """Return the use case that administers tenants."""
    return ManageTenants(tenants(), audited_changes())


@cache
def manage_service_accounts() -> ManageServiceAccounts:
    """Return the use case that administers service accounts."""
    return ManageServiceAccounts(service_accounts(), tenants(), audited_changes())


@cache
def manage_recipients() -> ManageRecipients:
    """Return the use case that keeps recipients."""
    return ManageRecipients(recipients(), known_tenants(), audited_changes())


@cache
def manage_providers() -> ManageProviders:
    """Return the use case that administers providers."""
    return ManageProviders(providers(), known_tenants(), vault(), setting_faults, audited_changes())


@cache
def cursors() -> Cursors:
    """Return what seals the positions of listings."""
    return Cursors(secret(settings().cursor_secret_arn))


def reachable() -> dict[str, bool]:
    """Return whether the table, the topic and the queues of a send can be reached."""
    configured = settings()
    return health.reachable(
        {
            "table": lambda: tenants().get(TenantId.platform()),
            "topic": lambda: health.check_topic(configured.topic_arn),
            "queues": lambda: health.check_queues(
                configured.dispatch_queue, *(lane.queue for lane in configured.lanes.values())
            ),
        }
    )


def _event_mode(tenant: TenantId) -> EventMode:
    with tenant_scope(tenant):
        found = known_tenants().get(tenant)
    return found.settings.event_mode if found else EventMode.PACKED


def _fresh_for() -> int:
    return int(settings().cache_seconds * 1_000)
