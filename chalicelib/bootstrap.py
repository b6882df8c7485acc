"""Wires the use cases to the real store and AWS, once in a process, each when it is first asked for.

This is the only place that knows which adapter stands behind which port. Nothing kept here belongs to a tenant: caches
are keyed by tenant and short-lived. Imports stand inside, so that a function loads only what it wires; what every call
of a function needs is wired while it starts (`at_start`).
"""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.aws.clients import session
from chalicelib.domain.ids import TenantId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.value import Millis
from chalicelib.garbage import collect_what_comes
from chalicelib.providers.base import Timeouts
from chalicelib.settings import settings
from chalicelib.store.table import Table
from chalicelib.tenancy import tenant_scope

if TYPE_CHECKING:
    from chalicelib.auth.tracking_tokens import TrackingTokens
    from chalicelib.auth.unsubscribe_tokens import UnsubscribeTokens
    from chalicelib.aws.queues import AwsQueues
    from chalicelib.aws.timers import StateMachine
    from chalicelib.aws.vault import KmsVault
    from chalicelib.channels.base import MailFile
    from chalicelib.domain.content import Attachment
    from chalicelib.domain.request import NotificationRequest
    from chalicelib.domain.tenant import Tenant
    from chalicelib.providers.guard import HostGuard
    from chalicelib.rendering.renderer import Renderer
    from chalicelib.services.accept import Accept
    from chalicelib.services.acknowledge import Acknowledge
    from chalicelib.services.address_book import AddressBook
    from chalicelib.services.allowances import Allowances
    from chalicelib.services.attachments import Attach
    from chalicelib.services.audit import ReadAudit
    from chalicelib.services.audited_change import AuditedChanges
    from chalicelib.services.breakers import Breakers
    from chalicelib.services.cached import CachedCircuits, CachedPolicies, CachedProviders, CachedTenants
    from chalicelib.services.cancel import Cancel
    from chalicelib.services.cancel_group import CancelGroups
    from chalicelib.services.deliver import Deliver
    from chalicelib.services.digests import Digests
    from chalicelib.services.dispatch import Dispatch
    from chalicelib.services.drain import Drain
    from chalicelib.services.explain import Explain
    from chalicelib.services.find_notifications import FindNotifications
    from chalicelib.services.gather_facts import GatherFacts
    from chalicelib.services.heavy_mail import HeavyMail
    from chalicelib.services.inbox import Inbox
    from chalicelib.services.inbox_many import InboxMany
    from chalicelib.services.known_templates import KnownTemplates
    from chalicelib.services.manage_categories import ManageCategories
    from chalicelib.services.manage_flags import ManageFlags
    from chalicelib.services.manage_fragments import ManageFragments
    from chalicelib.services.manage_lookups import ManageLookups
    from chalicelib.services.manage_policies import ManagePolicies
    from chalicelib.services.manage_preferences import ManagePreferences
    from chalicelib.services.manage_providers import ManageProviders
    from chalicelib.services.manage_recipients import ManageRecipients
    from chalicelib.services.manage_rotas import ManageRotas
    from chalicelib.services.manage_service_accounts import ManageServiceAccounts
    from chalicelib.services.manage_templates import ManageTemplates
    from chalicelib.services.manage_tenants import ManageTenants
    from chalicelib.services.preview_template import PreviewTemplate
    from chalicelib.services.project import Project
    from chalicelib.services.publish_template import PublishTemplate
    from chalicelib.services.rate_limit import RateLimits
    from chalicelib.services.register_devices import RegisterDevices
    from chalicelib.services.rehearse import Rehearse
    from chalicelib.services.relay import Relaying
    from chalicelib.services.say import Say
    from chalicelib.services.send_rate import SendRates
    from chalicelib.services.simulate import Simulate
    from chalicelib.services.subscribe_to_topics import SubscribeToTopics
    from chalicelib.services.suppress import Suppress
    from chalicelib.services.sweep import Sweep
    from chalicelib.services.sweep_timers import SweepTimers
    from chalicelib.services.template_drafts import Drafting
    from chalicelib.services.timers import ScheduleTimers
    from chalicelib.services.track import Track
    from chalicelib.services.tracking_links import TrackingLinks
    from chalicelib.services.try_provider import TryProvider
    from chalicelib.services.unsubscribe import Unsubscribe
    from chalicelib.services.unsubscribe_links import UnsubscribeLinks
    from chalicelib.services.whatsapp_sessions import ManageWhatsappSessions
    from chalicelib.store.backgrounds import BackgroundRows
    from chalicelib.store.breakers import CircuitRows
    from chalicelib.store.cancelled_groups import CancelledGroupRows
    from chalicelib.store.categories import CategoryRows
    from chalicelib.store.cursors import Cursors
    from chalicelib.store.flags import FlagRows
    from chalicelib.store.fragments import FragmentRows
    from chalicelib.store.lookups import LookupRows
    from chalicelib.store.policies import PolicyRows
    from chalicelib.store.preferences import PreferenceRows
    from chalicelib.store.providers import ProviderRows
    from chalicelib.store.recipients import RecipientRows
    from chalicelib.store.requests import RequestRows
    from chalicelib.store.rotas import RotaRows
    from chalicelib.store.service_accounts import ServiceAccountRows
    from chalicelib.store.states import StateRows
    from chalicelib.store.templates import TemplateRows
    from chalicelib.store.tenants import TenantRows

LEASE_FACTOR = 2
"""A lease lasts this many times as long as a vendor may take."""


def at_start(*wired: Callable[[], object]) -> None:
    """Wire these now where Lambda starts a function, for then it gives it a whole CPU; elsewhere when first asked for.

    Called by the modules of functions for what none of their calls can do without.
    """
    if {"AWS_LAMBDA_FUNCTION_NAME", "HERALD_TABLE"} <= os.environ.keys():
        for wire in wired:
            wire()
        collect_what_comes()


def state_from_image(image: Mapping[str, Any]) -> NotificationState:
    """Return the state in the image of a stream record; raises ValueError when it holds none."""
    from chalicelib.store import images

    return images.state_from_image(image)


def now() -> Millis:
    """Return the time."""
    return Millis(time.time_ns() // 1_000_000)


@cache
def table() -> Table:
    """Return the table."""
    return Table(settings().table, session())


@cache
def queues() -> "AwsQueues":
    """Return the topic and the queues."""
    from chalicelib.aws.queues import AwsQueues

    configured = settings()
    return AwsQueues(
        topic_arn=configured.topic_arn,
        dispatch_queue=configured.dispatch_queue,
        redrive_queue=configured.redrive_queue,
        lanes=configured.lanes,
    )


@cache
def vault() -> "KmsVault":
    """Return the vault of credentials."""
    from chalicelib.aws.vault import KmsVault

    return KmsVault(settings().key_arn)


@cache
def requests() -> "RequestRows":
    """Return the stored requests."""
    from chalicelib.store.requests import RequestRows

    return RequestRows(table())


@cache
def states() -> "StateRows":
    """Return the stored states."""
    from chalicelib.store.states import StateRows

    return StateRows(table(), os.urandom)


@cache
def recipients() -> "RecipientRows":
    """Return the stored recipients."""
    from chalicelib.store.recipients import RecipientRows

    return RecipientRows(table())


@cache
def tenants() -> "TenantRows":
    """Return the stored tenants."""
    from chalicelib.store.tenants import TenantRows

    return TenantRows(table())


@cache
def providers() -> "ProviderRows":
    """Return the stored providers."""
    from chalicelib.store.providers import ProviderRows

    return ProviderRows(table())


@cache
def policies() -> "PolicyRows":
    """Return the stored escalation policies."""
    from chalicelib.store.policies import PolicyRows

    return PolicyRows(table())


@cache
def rotas() -> "RotaRows":
    """Return the stored on-call rotas."""
    from chalicelib.store.rotas import RotaRows

    return RotaRows(table())


@cache
def service_accounts() -> "ServiceAccountRows":
    """Return the stored service accounts."""
    from chalicelib.store.service_accounts import ServiceAccountRows

    return ServiceAccountRows(table())


@cache
def templates() -> "TemplateRows":
    """Return the stored templates."""
    from chalicelib.store.templates import TemplateRows

    return TemplateRows(table())


@cache
def fragments() -> "FragmentRows":
    """Return the stored layouts and partials."""
    from chalicelib.store.fragments import FragmentRows

    return FragmentRows(table())


@cache
def categories() -> "CategoryRows":
    """Return the stored categories."""
    from chalicelib.store.categories import CategoryRows

    return CategoryRows(table())


@cache
def lookups() -> "LookupRows":
    """Return the stored lookups."""
    from chalicelib.store.lookups import LookupRows

    return LookupRows(table())


@cache
def flags() -> "FlagRows":
    """Return the stored feature flags."""
    from chalicelib.store.flags import FlagRows

    return FlagRows(table())


@cache
def manage_lookups() -> "ManageLookups":
    """Return the use case that administers lookups."""
    from chalicelib.services.manage_lookups import ManageLookups

    return ManageLookups(lookups(), tenants(), audited_changes())


@cache
def manage_flags() -> "ManageFlags":
    """Return the use case that administers feature flags."""
    from chalicelib.aws.switches import is_on
    from chalicelib.services.manage_flags import ManageFlags

    return ManageFlags(flags(), is_on, audited_changes())


@cache
def known_tenants() -> "CachedTenants":
    """Return the tenants as they were a short time ago: what sending asks."""
    from chalicelib.aws.switches import channels_off
    from chalicelib.services.cached import CachedTenants
    from chalicelib.services.configured_tenants import ConfiguredTenants

    configured = ConfiguredTenants(tenants(), lookups(), flags(), channels_off, settings().defaults)
    return CachedTenants(configured, now, _fresh_for())


@cache
def event_tenants() -> "CachedTenants":
    """Return the tenants as they were a short time ago, as they are stored: those who tell of events need no more, and
    may read no more.
    """
    from chalicelib.services.cached import CachedTenants

    return CachedTenants(tenants(), now, _fresh_for())


@cache
def known_providers() -> "CachedProviders":
    """Return the providers as they were a short time ago: what sending asks."""
    from chalicelib.services.cached import CachedProviders

    return CachedProviders(providers(), now, _fresh_for())


@cache
def known_policies() -> "CachedPolicies":
    """Return the escalation policies as they were a short time ago: what sending asks."""
    from chalicelib.services.cached import CachedPolicies

    return CachedPolicies(policies(), now, _fresh_for())


@cache
def circuits() -> "CircuitRows":
    """Return what workers tell each other of providers."""
    from chalicelib.store.breakers import CircuitRows

    return CircuitRows(table())


@cache
def known_circuits() -> "CachedCircuits":
    """Return what is known of providers' health, as it was a short time ago: what deciding asks."""
    from chalicelib.services.cached import CachedCircuits

    return CachedCircuits(circuits(), now, _fresh_for())


@cache
def breakers() -> "Breakers":
    """Return the breakers of this worker."""
    from chalicelib.services.breakers import Breakers

    return Breakers(circuits(), now, random.random, pause=_breaker_pause(), fresh_for=_fresh_for())


@cache
def known_templates() -> "KnownTemplates":
    """Return the templates, of which the published versions are as they were a short time ago: what sending asks."""
    from chalicelib.services.known_templates import KnownTemplates

    return KnownTemplates(templates(), now, _fresh_for())


@cache
def timeouts() -> Timeouts:
    """Return how long a vendor may take."""
    return Timeouts(connect=settings().connect_timeout, read=settings().read_timeout)


@cache
def host_guard() -> "HostGuard":
    """Return what decides about hosts that tenants name."""
    from chalicelib.providers.guard import HostGuard

    return HostGuard(settings().internal_hosts)


@cache
def cancelled_groups() -> "CancelledGroupRows":
    """Return the groups that notifications are cancelled in."""
    from chalicelib.store.cancelled_groups import CancelledGroupRows

    return CancelledGroupRows(table())


@cache
def accept() -> "Accept":
    """Return the use case that accepts sends."""
    from chalicelib.services.accept import Accept
    from chalicelib.services.fill_template import FillTemplate
    from chalicelib.store.idempotency import IdempotencyRows

    return Accept(
        requests=requests(),
        records=IdempotencyRows(table()),
        tenants=known_tenants(),
        providers=known_providers(),
        policies=known_policies(),
        groups=cancelled_groups(),
        fill=FillTemplate(known_templates(), rendering),
        randomness=os.urandom,
    )


@cache
def cancel() -> "Cancel":
    """Return the use case that cancels."""
    from chalicelib.services.cancel import Cancel

    return Cancel(requests=requests(), states=states(), tenants=known_tenants())


@cache
def relaying() -> "Relaying":
    """Return the use case that asks people on duty."""
    from chalicelib.services.relay import Relaying

    return Relaying(requests=requests(), states=states(), rotas=rotas(), tenants=known_tenants(), cancel=cancel())


@cache
def cancel_groups() -> "CancelGroups":
    """Return the use case that cancels groups of notifications."""
    from chalicelib.services.cancel_group import CancelGroups

    return CancelGroups(cancelled_groups(), cancel(), now)


@cache
def dispatch() -> "Dispatch":
    """Return the use case that decides and publishes."""
    from chalicelib.services.dispatch import Dispatch
    from chalicelib.services.release import Release

    release = Release(
        requests=requests(),
        states=states(),
        tenants=known_tenants(),
        gather=gather_facts(),
        allowances=allowances(),
        relaying=relaying(),
        digests=digests(),
        cancel=cancel(),
        timers=timers(),
    )
    return Dispatch(
        requests=requests(),
        states=states(),
        tenants=known_tenants(),
        gather=gather_facts(),
        release=release,
        timers=timers(),
        queues=queues(),
    )


@cache
def gather_facts() -> "GatherFacts":
    """Return what gathers the facts of decisions."""
    from chalicelib.channels.base import address_fault
    from chalicelib.services.gather_facts import GatherFacts
    from chalicelib.store.spendings import SpendingRows

    return GatherFacts(
        recipients=address_book(),
        providers=known_providers(),
        policies=known_policies(),
        backgrounds=backgrounds(),
        spendings=SpendingRows(table(), os.urandom),
        check_address=address_fault,
        say=say(),
        stage_vendors=settings().default_providers,
        circuits=known_circuits(),
        pause=_breaker_pause(),
    )


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
def allowances() -> "Allowances":
    """Return the use case that takes what a person may be sent and a tenant may spend."""
    from chalicelib.services.allowances import Allowances
    from chalicelib.store.spendings import SpendingRows
    from chalicelib.store.usages import UsageRows

    return Allowances(UsageRows(table(), os.urandom), SpendingRows(table(), os.urandom))


@cache
def backgrounds() -> "BackgroundRows":
    """Return what is known of the people notifications go to."""
    from chalicelib.store.backgrounds import BackgroundRows

    return BackgroundRows(table())


@cache
def digests() -> "Digests":
    """Return the use cases of digests."""
    from chalicelib.services.digests import Digests
    from chalicelib.store.digests import DigestRows

    return Digests(
        requests=requests(),
        states=states(),
        tenants=known_tenants(),
        groups=cancelled_groups(),
        windows=DigestRows(table()),
        timers=timers(),
        say=say(),
    )


@cache
def deliver() -> "Deliver":
    """Return the use case that makes deliveries."""
    from chalicelib.channels.base import Shaper, address_fault
    from chalicelib.providers.caller import Caller
    from chalicelib.services.consult import Consult
    from chalicelib.services.deliver import Deliver

    return Deliver(
        requests=requests(),
        states=states(),
        recipients=address_book(),
        tenants=known_tenants(),
        providers=known_providers(),
        queues=queues(),
        timers=timers(),
        consult=Consult(backgrounds()),
        caller=Caller(vault(), timeouts(), host_guard()),
        breakers=breakers(),
        check_address=address_fault,
        say=say(),
        shape=Shaper(_unsubscribe_url, _files, _tracked),
        stage_vendors=settings().default_providers,
        clock=now,
        randomness=random.random,
        lease=int(LEASE_FACTOR * timeouts().total * 1_000),
    )


@cache
def rehearse() -> "Rehearse":
    """Return the use case that dispatches without effect."""
    from chalicelib.services.rehearse import Rehearse
    from chalicelib.store.digests import DigestRows
    from chalicelib.store.usages import UsageRows

    return Rehearse(
        tenants=known_tenants(),
        gather=gather_facts(),
        usages=UsageRows(table(), os.urandom),
        groups=cancelled_groups(),
        windows=DigestRows(table()),
        rotas=rotas(),
    )


@cache
def simulate() -> "Simulate":
    """Return the use case that says what a send would come to."""
    from chalicelib.channels.base import shape
    from chalicelib.services.simulate import Simulate

    return Simulate(accept=accept(), rehearse=rehearse(), say=say(), shape=shape)


@cache
def explain() -> "Explain":
    """Return the use case that says why a notification was received or not."""
    from chalicelib.services.explain import Explain

    return Explain(requests(), states(), rehearse())


@cache
def project() -> "Project":
    """Return the use case that emits domain events."""
    from chalicelib.aws.bus import AwsBus
    from chalicelib.services.project import Project

    return Project(bus=AwsBus(settings().bus), mode_of=_event_mode)


@cache
def sweep() -> "Sweep":
    """Return the use case that nudges what is stuck."""
    from chalicelib.services.sweep import Sweep
    from chalicelib.store.sweep import SweepRows

    return Sweep(
        requests=requests(),
        states=states(),
        cursors=SweepRows(table()),
        tenants=known_tenants(),
        circuits=circuits(),
        queues=queues(),
        grace=int(settings().sweep_grace * 1_000),
    )


@cache
def executions() -> "StateMachine":
    """Return the executions that drain buckets of timers."""
    from chalicelib.aws.timers import StateMachine

    return StateMachine(settings().timers_arn, grace=int(settings().timer_grace * 1_000))


@cache
def timers() -> "ScheduleTimers":
    """Return what brings things back when their time has come."""
    from chalicelib.services.timers import ScheduleTimers
    from chalicelib.store.due import DueRows

    return ScheduleTimers(
        dues=DueRows(table()),
        executions=executions(),
        clock=now,
        width=settings().timer_width * 1_000,
        grace=int(settings().timer_grace * 1_000),
    )


@cache
def drain() -> "Drain":
    """Return the use case that wakes what has come due."""
    from chalicelib.services.drain import Drain
    from chalicelib.store.due import DueRows

    return Drain(DueRows(table()), queues())


@cache
def sweep_timers() -> "SweepTimers":
    """Return the use case that starts stuck buckets of timers anew."""
    from chalicelib.services.sweep_timers import SweepTimers
    from chalicelib.store.due import DueRows
    from chalicelib.store.sweep import SweepRows

    return SweepTimers(
        dues=DueRows(table()),
        executions=executions(),
        cursors=SweepRows(table()),
        width=settings().timer_width * 1_000,
        grace=int(settings().timer_grace * 1_000),
    )


@cache
def inbox() -> "Inbox":
    """Return the use cases of one notification in its owner's inbox."""
    from chalicelib.services.inbox import Inbox

    return Inbox(requests(), states(), known_tenants(), say())


@cache
def acknowledge() -> "Acknowledge":
    """Return the use case of somebody who takes care of it."""
    from chalicelib.services.acknowledge import Acknowledge

    return Acknowledge(requests(), states(), cancel())


@cache
def inbox_many() -> "InboxMany":
    """Return the use cases of many notifications in their owner's inbox."""
    from chalicelib.services.inbox_many import InboxMany

    return InboxMany(requests(), states(), now)


@cache
def find_notifications() -> "FindNotifications":
    """Return the use case that finds a tenant's notifications."""
    from chalicelib.services.find_notifications import FindNotifications

    return FindNotifications(requests(), states())


@cache
def audited_changes() -> "AuditedChanges":
    """Return what puts administrative changes on record."""
    from chalicelib.services.audited_change import AuditedChanges
    from chalicelib.store.audit import AuditRows

    return AuditedChanges(AuditRows(table()), os.urandom)


@cache
def read_audit() -> "ReadAudit":
    """Return the use case that reads the audit log."""
    from chalicelib.services.audit import ReadAudit
    from chalicelib.store.audit import AuditRows

    return ReadAudit(AuditRows(table()))


@cache
def manage_tenants() -> "ManageTenants":
    """Return the use case that administers tenants."""
    from chalicelib.aws.user_pool import UserPool
    from chalicelib.services.manage_tenants import ManageTenants
    from chalicelib.services.seed_templates import SeedTemplates

    seed = SeedTemplates(templates(), fragments(), rendering)
    return ManageTenants(tenants(), UserPool(settings().user_pool), seed, audited_changes())


@cache
def manage_service_accounts() -> "ManageServiceAccounts":
    """Return the use case that administers service accounts."""
    from chalicelib.services.manage_service_accounts import ManageServiceAccounts

    return ManageServiceAccounts(service_accounts(), tenants(), audited_changes())


@cache
def manage_recipients() -> "ManageRecipients":
    """Return the use case that keeps recipients."""
    from chalicelib.services.manage_recipients import ManageRecipients

    return ManageRecipients(recipients(), known_tenants(), audited_changes())


@cache
def manage_providers() -> "ManageProviders":
    """Return the use case that administers providers."""
    from chalicelib.providers.registry import setting_faults
    from chalicelib.services.manage_providers import ManageProviders

    return ManageProviders(providers(), known_tenants(), vault(), setting_faults, audited_changes())


@cache
def try_provider() -> "TryProvider":
    """Return the use case that tries a provider out."""
    from chalicelib.channels.base import address_fault, shape
    from chalicelib.providers.caller import Caller
    from chalicelib.services.try_provider import TryProvider

    patience = Timeouts(connect=min(3.0, timeouts().connect), read=min(4.0, timeouts().read))
    return TryProvider(
        providers=providers(),
        tenants=known_tenants(),
        caller=Caller(vault(), patience, host_guard()),
        check_address=address_fault,
        shape=shape,
        audited=audited_changes(),
        randomness=os.urandom,
    )


@cache
def whatsapp_sessions() -> "ManageWhatsappSessions":
    """Return the use case that pairs WhatsApp sessions with phones."""
    from chalicelib.providers.wppconnect_sessions import WppConnectSessions
    from chalicelib.services.whatsapp_sessions import ManageWhatsappSessions

    sessions = WppConnectSessions(vault(), timeouts(), host_guard())
    return ManageWhatsappSessions(providers(), sessions, audited_changes())


@cache
def manage_policies() -> "ManagePolicies":
    """Return the use case that administers escalation policies."""
    from chalicelib.services.manage_policies import ManagePolicies

    return ManagePolicies(policies(), rotas(), known_tenants(), audited_changes())


@cache
def manage_rotas() -> "ManageRotas":
    """Return the use case that administers on-call rotas."""
    from chalicelib.services.manage_rotas import ManageRotas

    return ManageRotas(rotas(), policies(), known_tenants(), audited_changes())


@cache
def drafting() -> "Drafting":
    """Return what makes versions of templates."""
    from chalicelib.services.template_drafts import Drafting

    return Drafting(rendering, fragments(), categories())


@cache
def manage_templates() -> "ManageTemplates":
    """Return the use case that keeps templates."""
    from chalicelib.services.manage_templates import ManageTemplates

    return ManageTemplates(templates(), known_tenants(), drafting(), audited_changes())


@cache
def publish_template() -> "PublishTemplate":
    """Return the use case that chooses what sends are filled from."""
    from chalicelib.services.publish_template import PublishTemplate

    return PublishTemplate(templates(), manage_templates(), rendering, audited_changes())


@cache
def preview_template() -> "PreviewTemplate":
    """Return the use case that says what a template would say."""
    from chalicelib.services.preview_template import PreviewTemplate

    return PreviewTemplate(templates(), manage_templates(), drafting(), rendering)


@cache
def manage_fragments() -> "ManageFragments":
    """Return the use case that keeps layouts and partials."""
    from chalicelib.services.manage_fragments import ManageFragments

    return ManageFragments(fragments(), templates(), known_tenants(), audited_changes())


@cache
def manage_categories() -> "ManageCategories":
    """Return the use case that keeps categories."""
    from chalicelib.services.manage_categories import ManageCategories

    return ManageCategories(categories(), templates(), known_tenants(), audited_changes())


@cache
def rate_limits() -> "RateLimits":
    """Return what counts calls and says when there were too many."""
    from chalicelib.domain.rate_limit import CALLS_A_MINUTE
    from chalicelib.services.rate_limit import RateLimits
    from chalicelib.store.rate_windows import RateWindowRows

    return RateLimits(RateWindowRows(table()), CALLS_A_MINUTE)


@cache
def send_rates() -> "SendRates":
    """Return what keeps tenants to their send rates."""
    from chalicelib.services.send_rate import SendRates
    from chalicelib.store.rate_windows import RateWindowRows

    return SendRates(RateWindowRows(table()), known_tenants(), now, random.random)


@cache
def cursors() -> "Cursors":
    """Return what seals the positions of listings."""
    from chalicelib.aws.secrets import secret
    from chalicelib.store.cursors import Cursors

    return Cursors(secret(settings().cursor_secret_arn))


@cache
def stored_preferences() -> "PreferenceRows":
    """Return what users chose."""
    from chalicelib.store.preferences import PreferenceRows

    return PreferenceRows(table())


@cache
def manage_preferences() -> "ManagePreferences":
    """Return the use case of users who choose."""
    from chalicelib.services.manage_preferences import ManagePreferences

    return ManagePreferences(stored_preferences(), known_tenants())


@cache
def register_devices() -> "RegisterDevices":
    """Return the use case of users who register devices."""
    from chalicelib.services.register_devices import RegisterDevices
    from chalicelib.store.devices import DeviceRows

    return RegisterDevices(DeviceRows(table()))


@cache
def subscribe_to_topics() -> "SubscribeToTopics":
    """Return the use case of users who subscribe to topics."""
    from chalicelib.services.subscribe_to_topics import SubscribeToTopics
    from chalicelib.store.topics import TopicRows

    return SubscribeToTopics(TopicRows(table()))


@cache
def address_book() -> "AddressBook":
    """Return what knows how people can be reached."""
    from chalicelib.services.address_book import AddressBook
    from chalicelib.store.devices import DeviceRows

    return AddressBook(recipients(), DeviceRows(table()))


@cache
def suppress() -> "Suppress":
    """Return the use case that keeps the suppression list."""
    from chalicelib.services.suppress import Suppress
    from chalicelib.store.suppressions import SuppressionRows

    return Suppress(SuppressionRows(table()), known_tenants(), audited_changes())


@cache
def unsubscribe() -> "Unsubscribe":
    """Return the use case that ends subscriptions to e-mails."""
    from chalicelib.services.unsubscribe import Unsubscribe

    return Unsubscribe(stored_preferences(), known_tenants())


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
def track() -> "Track":
    """Return the use case that records what becomes of e-mails."""
    from chalicelib.services.track import Track

    return Track(states(), known_tenants(), inbox().read)


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


def reachable() -> dict[str, bool]:
    """Return whether the table, the topic and the queues of a send can be reached."""
    from chalicelib.aws import health

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


def _event_mode(tenant: TenantId) -> EventMode:
    with tenant_scope(tenant):
        found = event_tenants().get(tenant)
    return found.settings.event_mode if found else EventMode.PACKED


def _breaker_pause() -> int:
    return int(settings().breaker_pause * 1_000)


def _fresh_for() -> int:
    return int(settings().cache_seconds * 1_000)
