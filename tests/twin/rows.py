"""What is stored in memory, and what is done to rows of any kind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import TypeVar

from msgspec.structs import replace

from chalicelib.domain.allowance import Usage
from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.breaker import Circuit
from chalicelib.domain.category import Category
from chalicelib.domain.device import Device
from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.flag import Flag
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import (
    ClientId,
    DeviceId,
    FragmentKey,
    NotificationId,
    PolicyId,
    ProviderId,
    RotaId,
    TemplateKey,
    TenantId,
    TopicKey,
    UserId,
    UserType,
)
from chalicelib.domain.lookup import Lookup, LookupType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rate_limit import Window
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import IdempotencyRecord, NotificationRequest
from chalicelib.domain.rota import Rota
from chalicelib.domain.state import NotificationState
from chalicelib.domain.suppression import Suppression
from chalicelib.domain.template import Template, TemplateVersion
from chalicelib.domain.tenant import ServiceAccount, Tenant
from chalicelib.domain.timer import Due
from chalicelib.domain.topic import TopicSubscription
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import ExistsError, Page, StaleVersionError

I = TypeVar("I", bound=str)  # noqa: E741
K = TypeVar("K")
D = TypeVar(
    "D", Tenant, ServiceAccount, ProviderConfig, EscalationPolicy, Rota, Template, Fragment, Category, Lookup, Flag
)
Place = tuple[TenantId, NotificationId]
User = tuple[TenantId, UserType, UserId]


@dataclass
class Rows:
    """What is stored. `unread` holds, per user, the marks (when accepted, id) of what waits to be read;
    `kept` until when the rows of a notification are kept, where that was put off.
    """

    requests: dict[Place, NotificationRequest] = field(default_factory=dict)
    states: dict[Place, NotificationState] = field(default_factory=dict)
    kept: dict[Place, int] = field(default_factory=dict)
    unread: dict[User, set[tuple[Millis, NotificationId]]] = field(default_factory=dict)
    records: dict[tuple[TenantId, str, str], IdempotencyRecord] = field(default_factory=dict)
    recipients: dict[User, Recipient] = field(default_factory=dict)
    tenants: dict[TenantId, Tenant] = field(default_factory=dict)
    accounts: dict[ClientId, ServiceAccount] = field(default_factory=dict)
    providers: dict[tuple[TenantId, ProviderId], ProviderConfig] = field(default_factory=dict)
    circuits: dict[tuple[TenantId, ProviderId], Circuit] = field(default_factory=dict)
    policies: dict[tuple[TenantId, PolicyId], EscalationPolicy] = field(default_factory=dict)
    rotas: dict[tuple[TenantId, RotaId], Rota] = field(default_factory=dict)
    templates: dict[tuple[TenantId, TemplateKey], Template] = field(default_factory=dict)
    former_templates: dict[tuple[TenantId, TemplateKey], Template] = field(default_factory=dict)
    versions: dict[tuple[TenantId, TemplateKey, int], TemplateVersion] = field(default_factory=dict)
    fragments: dict[tuple[TenantId, FragmentKind, FragmentKey], Fragment] = field(default_factory=dict)
    categories: dict[tuple[TenantId, str], Category] = field(default_factory=dict)
    lookups: dict[tuple[TenantId, LookupType, str], Lookup] = field(default_factory=dict)
    flags: dict[str, Flag] = field(default_factory=dict)
    audit: dict[TenantId, list[AuditEntry]] = field(default_factory=dict)
    sweeps: dict[TenantId, Millis] = field(default_factory=dict)
    dues: dict[int, set[Due]] = field(default_factory=dict)
    preferences: dict[User, Preferences] = field(default_factory=dict)
    devices: dict[User, dict[DeviceId, Device]] = field(default_factory=dict)
    topics: dict[tuple[TenantId, TopicKey], dict[tuple[UserType, UserId], TopicSubscription]] = field(
        default_factory=dict
    )
    usages: dict[User, Usage] = field(default_factory=dict)
    spent: dict[tuple[TenantId, str, str | None], int] = field(default_factory=dict)
    suppressions: dict[tuple[TenantId, Channel, str], Suppression] = field(default_factory=dict)
    tombstones: dict[tuple[TenantId, CancelGroup], Millis] = field(default_factory=dict)
    members: dict[tuple[TenantId, CancelGroup], dict[str, tuple[NotificationId, ...]]] = field(default_factory=dict)
    windows: dict[tuple[TenantId, DigestKey], DigestWindow] = field(default_factory=dict)
    rates: dict[tuple[TenantId, str], Window] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do something that nothing comes between."""
        with self._lock:
            yield


def page_of(ids: Sequence[I], limit: int, after: str | None) -> Page[I]:
    """Return the page of a listing that begins at `after`."""
    start = 0 if after is None else ids.index(after)
    end = start + limit
    return Page(tuple(ids[start:end]), ids[end] if end < len(ids) else None)


def store_new(rows: Rows, stored: dict[K, D], key: K, document: D) -> None:
    """Store a document under a new key; raises ExistsError."""
    with rows.step():
        if key in stored:
            raise ExistsError
        stored[key] = document


def store_next(rows: Rows, stored: dict[K, D], key: K, document: D) -> D:
    """Replace a document of the same version; returns it one version on. Raises StaleVersionError."""
    with rows.step():
        found = stored.get(key)
        if found is None or found.version != document.version:
            raise StaleVersionError
        stored[key] = replace(document, version=document.version + 1)
        return stored[key]
