"""The stores that pass the conformance tests: all ports side by side, in memory or on a table."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, fields
from functools import cache
from threading import Lock
from typing import Any, cast

import botocore.session
import pytest

from chalicelib.domain.ids import TenantId
from chalicelib.domain.tenant import Tenant
from chalicelib.services import ports
from chalicelib.services.address_book import AddressBook
from chalicelib.store.audit import AuditRows
from chalicelib.store.backgrounds import BackgroundRows
from chalicelib.store.breakers import CircuitRows
from chalicelib.store.cancelled_groups import CancelledGroupRows
from chalicelib.store.categories import CategoryRows
from chalicelib.store.devices import DeviceRows
from chalicelib.store.digests import DigestRows
from chalicelib.store.due import DueRows
from chalicelib.store.flags import FlagRows
from chalicelib.store.fragments import FragmentRows
from chalicelib.store.idempotency import IdempotencyRows
from chalicelib.store.lookups import LookupRows
from chalicelib.store.policies import PolicyRows
from chalicelib.store.preferences import PreferenceRows
from chalicelib.store.providers import ProviderRows
from chalicelib.store.rate_windows import RateWindowRows
from chalicelib.store.recipients import RecipientRows
from chalicelib.store.requests import RequestRows
from chalicelib.store.rotas import RotaRows
from chalicelib.store.service_accounts import ServiceAccountRows
from chalicelib.store.spendings import SpendingRows
from chalicelib.store.states import StateRows
from chalicelib.store.suppressions import SuppressionRows
from chalicelib.store.sweep import SweepRows
from chalicelib.store.table import Table
from chalicelib.store.templates import TemplateRows
from chalicelib.store.tenants import TenantRows
from chalicelib.store.topics import TopicRows
from chalicelib.store.usages import UsageRows
from chalicelib.tenancy import tenant_scope
from infra.merge import merge_fragments, read_stage
from tests import twin

REGION = "us-east-1"
ON_MINISTACK = pytest.param("ministack", marks=(pytest.mark.ministack, pytest.mark.xdist_group("ministack")))


@dataclass(frozen=True)
class Store:
    """All ports of one store."""

    requests: ports.Requests
    records: ports.IdempotencyRecords
    states: ports.States
    recipients: ports.Recipients
    tenants: ports.Tenants
    accounts: ports.ServiceAccounts
    providers: ports.Providers
    policies: ports.Policies
    rotas: ports.Rotas
    audit: ports.AuditLog
    sweeps: ports.SweepCursors
    preferences: ports.StoredPreferences
    devices: ports.Devices
    topics: ports.Topics
    suppressions: ports.Suppressions
    groups: ports.CancelledGroups
    backgrounds: ports.Backgrounds
    usages: ports.Usages
    spendings: ports.Spendings
    dues: ports.DueItems
    digests: ports.DigestWindows
    rates: ports.RateWindows
    circuits: ports.Circuits
    templates: ports.Templates
    fragments: ports.Fragments
    categories: ports.Categories
    lookups: ports.Lookups
    flags: ports.Flags

    @property
    def address_book(self) -> AddressBook:
        """What knows how people can be reached."""
        return AddressBook(self.recipients, self.devices)


def on_twin(rows: twin.Rows | None = None) -> Store:
    """Return the store in memory, an empty one unless there are `rows`."""
    rows = twin.Rows() if rows is None else rows
    return Store(
        requests=twin.TwinRequests(rows),
        records=twin.TwinRecords(rows),
        states=twin.TwinStates(rows),
        recipients=twin.TwinRecipients(rows),
        tenants=twin.TwinTenants(rows),
        accounts=twin.TwinServiceAccounts(rows),
        providers=twin.TwinProviders(rows),
        policies=twin.TwinPolicies(rows),
        rotas=twin.TwinRotas(rows),
        audit=twin.TwinAuditLog(rows),
        sweeps=twin.TwinSweepCursors(rows),
        preferences=twin.TwinPreferences(rows),
        devices=twin.TwinDevices(rows),
        topics=twin.TwinTopics(rows),
        suppressions=twin.TwinSuppressions(rows),
        groups=twin.TwinCancelledGroups(rows),
        backgrounds=twin.TwinBackgrounds(rows),
        usages=twin.TwinUsages(rows),
        spendings=twin.TwinSpendings(rows),
        dues=twin.TwinDueItems(rows),
        digests=twin.TwinDigestWindows(rows),
        rates=twin.TwinRateWindows(rows),
        circuits=twin.TwinCircuits(rows),
        templates=twin.TwinTemplates(rows),
        fragments=twin.TwinFragments(rows),
        categories=twin.TwinCategories(rows),
        lookups=twin.TwinLookups(rows),
        flags=twin.TwinFlags(rows),
    )


def on_table(table: Table) -> Store:
    """Return the store on a table."""
    return Store(
        requests=RequestRows(table),
        records=IdempotencyRows(table),
        states=StateRows(table, os.urandom),
        recipients=RecipientRows(table),
        tenants=TenantRows(table),
        accounts=ServiceAccountRows(table),
        providers=ProviderRows(table),
        policies=PolicyRows(table),
        rotas=RotaRows(table),
        audit=AuditRows(table),
        sweeps=SweepRows(table),
        preferences=PreferenceRows(table),
        devices=DeviceRows(table),
        topics=TopicRows(table),
        suppressions=SuppressionRows(table),
        groups=CancelledGroupRows(table),
        backgrounds=BackgroundRows(table),
        usages=UsageRows(table, os.urandom),
        spendings=SpendingRows(table, os.urandom),
        dues=DueRows(table),
        digests=DigestRows(table),
        rates=RateWindowRows(table),
        circuits=CircuitRows(table),
        templates=TemplateRows(table),
        fragments=FragmentRows(table),
        categories=CategoryRows(table),
        lookups=LookupRows(table),
        flags=FlagRows(table),
    )


def acting(store: Store) -> Store:
    """Return a store each of whose methods acts for the tenant that its arguments name, as its callers do."""
    return Store(*(cast("Any", _Acting(getattr(store, field.name))) for field in fields(Store)))


@dataclass(frozen=True)
class _Acting:
    port: object

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            tenant = next(filter(None, map(_named_by, arguments)), None)
            with tenant_scope(tenant) if tenant else nullcontext():
                answer = method(*arguments, **named)
                return iter(list(answer)) if isinstance(answer, Iterator) else answer

        return call


def _named_by(argument: object) -> TenantId | None:
    match argument:
        case TenantId():
            return argument
        case Tenant():
            return argument.id
    tenant: TenantId | None = getattr(argument, "tenant", None)
    return tenant


class _OneAtATime:
    """A client whose calls wait for one another."""

    def __init__(self, client: Any, turn: Lock) -> None:
        self._client = client
        self._turn = turn

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if not callable(attribute):
            return attribute

        def call(*arguments: Any, **named: Any) -> Any:
            with self._turn:
                return attribute(*arguments, **named)

        return call


class MotoSession(botocore.session.Session):
    """A session that asks moto one thing at a time.

    For each transaction moto copies the whole table, to undo what it did; and fails when a thread writes meanwhile.
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_config_variable("region", REGION)
        self._turn = Lock()

    def create_client(self, *arguments: Any, **named: Any) -> Any:
        """Return a client that waits for its turn."""
        return _OneAtATime(super().create_client(*arguments, **named), self._turn)


def new_table(session: botocore.session.Session) -> Table:
    """Create a table as the template describes it, its keys and indexes; it pauses for nothing."""
    name = f"herald-{uuid.uuid4()}"
    client: Any = session.create_client("dynamodb")
    client.create_table(TableName=name, **_described())
    return Table(name, session, pause=lambda seconds: None)


@cache
def _described() -> dict[str, Any]:
    table = merge_fragments(read_stage("local"))["Resources"]["Table"]["Properties"]
    parts = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {part: table[part] for part in parts}
