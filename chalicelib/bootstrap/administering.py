"""What administrators do, each change on record."""

import os
from functools import cache, partial
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import host_guard, table, timeouts, vault
from chalicelib.bootstrap.known import known_tenants
from chalicelib.bootstrap.saying import drafting, rendering
from chalicelib.bootstrap.stored import (
    categories,
    flags,
    fragments,
    lookups,
    policies,
    providers,
    recipients,
    rotas,
    service_accounts,
    templates,
    tenants,
)
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.services.audit import ReadAudit
    from chalicelib.services.audited_change import AuditedChanges
    from chalicelib.services.manage_categories import ManageCategories
    from chalicelib.services.manage_flags import ManageFlags
    from chalicelib.services.manage_fragments import ManageFragments
    from chalicelib.services.manage_lookups import ManageLookups
    from chalicelib.services.manage_policies import ManagePolicies
    from chalicelib.services.manage_providers import ManageProviders
    from chalicelib.services.manage_recipients import ManageRecipients
    from chalicelib.services.manage_rotas import ManageRotas
    from chalicelib.services.manage_service_accounts import ManageServiceAccounts
    from chalicelib.services.manage_templates import ManageTemplates
    from chalicelib.services.manage_tenants import ManageTenants
    from chalicelib.services.preview_template import PreviewTemplate
    from chalicelib.services.publish_template import PublishTemplate
    from chalicelib.services.suppress import Suppress
    from chalicelib.services.try_provider import TryProvider
    from chalicelib.services.try_template import TryTemplate
    from chalicelib.services.whatsapp_sessions import ManageWhatsappSessions


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

    faults = partial(setting_faults, guard=host_guard())
    return ManageProviders(providers(), known_tenants(), vault(), faults, audited_changes())


@cache
def try_provider() -> "TryProvider":
    """Return the use case that tries a provider out."""
    from chalicelib.channels.base import address_fault, shape
    from chalicelib.providers.base import Timeouts
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
def try_template() -> "TryTemplate":
    """Return the use case that has versions sent to whoever tries them out."""
    from chalicelib.services.try_template import TryTemplate

    return TryTemplate(manage_templates(), recipients(), rendering)


@cache
def manage_fragments() -> "ManageFragments":
    """Return the use case that keeps layouts and partials."""
    from chalicelib.services.manage_fragments import ManageFragments

    return ManageFragments(fragments(), templates(), known_tenants(), rendering, audited_changes())


@cache
def manage_categories() -> "ManageCategories":
    """Return the use case that keeps categories."""
    from chalicelib.services.manage_categories import ManageCategories

    return ManageCategories(categories(), templates(), known_tenants(), audited_changes())


@cache
def suppress() -> "Suppress":
    """Return the use case that keeps the suppression list."""
    from chalicelib.services.suppress import Suppress
    from chalicelib.store.suppressions import SuppressionRows

    return Suppress(SuppressionRows(table()), known_tenants(), audited_changes())
