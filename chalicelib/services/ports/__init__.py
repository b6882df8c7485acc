"""What the use cases ask of the outside world. The store, the AWS adapters and the tests' twin implement these.

Every write of a port is one conditional change; a refused one raises and says what is there instead.
Every argument that names a row begins with its tenant.
"""

from chalicelib.services.ports.messaging import Bus, ProviderCaller, Publication, Queues, Vault
from chalicelib.services.ports.notifications import (
    Between,
    CancelledGroups,
    ExistsError,
    IdempotencyRecords,
    NotificationRef,
    Page,
    RefusedChangeError,
    Requests,
    StaleVersionError,
    States,
)
from chalicelib.services.ports.people import (
    Background,
    Backgrounds,
    Devices,
    Recipients,
    StoredPreferences,
    Suppressions,
    Topics,
    Usages,
)
from chalicelib.services.ports.templates import About, Rendering, Sources, TemplateError, TemplateLookup, Templates
from chalicelib.services.ports.tenants import (
    AuditLog,
    Policies,
    PolicyLookup,
    ProviderLookup,
    Providers,
    RateWindows,
    Rotas,
    ServiceAccounts,
    Spendings,
    TenantLookup,
    Tenants,
)
from chalicelib.services.ports.timers import Clock, DigestWindows, DueItems, Executions, SweepCursors, Timers

__all__ = [
    "About",
    "AuditLog",
    "Background",
    "Backgrounds",
    "Between",
    "Bus",
    "CancelledGroups",
    "Clock",
    "Devices",
    "DigestWindows",
    "DueItems",
    "Executions",
    "ExistsError",
    "IdempotencyRecords",
    "NotificationRef",
    "Page",
    "Policies",
    "PolicyLookup",
    "ProviderCaller",
    "ProviderLookup",
    "Providers",
    "Publication",
    "Queues",
    "RateWindows",
    "Recipients",
    "RefusedChangeError",
    "Rendering",
    "Requests",
    "Rotas",
    "ServiceAccounts",
    "Sources",
    "Spendings",
    "StaleVersionError",
    "States",
    "StoredPreferences",
    "Suppressions",
    "SweepCursors",
    "TemplateError",
    "TemplateLookup",
    "Templates",
    "TenantLookup",
    "Tenants",
    "Timers",
    "Topics",
    "Usages",
    "Vault",
]
