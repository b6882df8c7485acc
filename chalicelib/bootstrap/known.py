"""What warm workers remember of what is stored, for a short time."""

import random
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import breaker_pause, fresh_for, now
from chalicelib.bootstrap.stored import circuits, flags, lookups, policies, providers, templates, tenants
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.services.breakers import Breakers
    from chalicelib.services.cached import CachedCircuits, CachedPolicies, CachedProviders, CachedTenants
    from chalicelib.services.known_templates import KnownTemplates


@cache
def known_tenants() -> "CachedTenants":
    """Return the tenants as they were a short time ago: what sending asks."""
    from chalicelib.aws.switches import channels_off
    from chalicelib.services.cached import CachedTenants
    from chalicelib.services.configured_tenants import ConfiguredTenants

    configured = ConfiguredTenants(tenants(), lookups(), flags(), channels_off, settings().defaults)
    return CachedTenants(configured, now, fresh_for())


@cache
def event_tenants() -> "CachedTenants":
    """Return the tenants as they were a short time ago, as they are stored: those who tell of events need no more, and
    may read no more.
    """
    from chalicelib.services.cached import CachedTenants

    return CachedTenants(tenants(), now, fresh_for())


@cache
def known_providers() -> "CachedProviders":
    """Return the providers as they were a short time ago: what sending asks."""
    from chalicelib.services.cached import CachedProviders

    return CachedProviders(providers(), now, fresh_for())


@cache
def known_policies() -> "CachedPolicies":
    """Return the escalation policies as they were a short time ago: what sending asks."""
    from chalicelib.services.cached import CachedPolicies

    return CachedPolicies(policies(), now, fresh_for())


@cache
def known_circuits() -> "CachedCircuits":
    """Return what is known of providers' health, as it was a short time ago: what deciding asks."""
    from chalicelib.services.cached import CachedCircuits

    return CachedCircuits(circuits(), now, fresh_for())


@cache
def breakers() -> "Breakers":
    """Return the breakers of this worker."""
    from chalicelib.services.breakers import Breakers

    return Breakers(circuits(), now, random.random, pause=breaker_pause(), fresh_for=fresh_for())


@cache
def known_templates() -> "KnownTemplates":
    """Return the templates, of which the published versions are as they were a short time ago: what sending asks."""
    from chalicelib.services.known_templates import KnownTemplates

    return KnownTemplates(templates(), now, fresh_for())
