"""What is stored, repository by repository."""

import os
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import table

if TYPE_CHECKING:
    from chalicelib.services.address_book import AddressBook
    from chalicelib.store.backgrounds import BackgroundRows
    from chalicelib.store.breakers import CircuitRows
    from chalicelib.store.cancelled_groups import CancelledGroupRows
    from chalicelib.store.categories import CategoryRows
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
def circuits() -> "CircuitRows":
    """Return what workers tell each other of providers."""
    from chalicelib.store.breakers import CircuitRows

    return CircuitRows(table())


@cache
def cancelled_groups() -> "CancelledGroupRows":
    """Return the groups that notifications are cancelled in."""
    from chalicelib.store.cancelled_groups import CancelledGroupRows

    return CancelledGroupRows(table())


@cache
def stored_preferences() -> "PreferenceRows":
    """Return what users chose."""
    from chalicelib.store.preferences import PreferenceRows

    return PreferenceRows(table())


@cache
def backgrounds() -> "BackgroundRows":
    """Return what is known of the people notifications go to."""
    from chalicelib.store.backgrounds import BackgroundRows

    return BackgroundRows(table())


@cache
def address_book() -> "AddressBook":
    """Return what knows how people can be reached."""
    from chalicelib.services.address_book import AddressBook
    from chalicelib.store.devices import DeviceRows

    return AddressBook(recipients(), DeviceRows(table()))
