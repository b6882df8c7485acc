"""Finds vendors by the name of their file or in the table of Apprise's services, and checks what a tenant says about
one. Loads no SDK.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import msgspec

import chalicelib.providers
from chalicelib.domain.errors import Fault
from chalicelib.domain.wire import prepared
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, SettingError
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard

ProviderClass = type[Provider[Any, Any]]


class UnknownVendorError(ValueError):
    """There is no such vendor on the channel."""

    def __init__(self, channel: Channel, vendor: str) -> None:
        known = ", ".join(vendors(channel)) or "none"
        super().__init__(f"{channel} has no vendor {vendor[:64]!r}; there is {known}")


def vendors(channel: Channel) -> tuple[str, ...]:
    """Return the names of the vendors of a channel, in order."""
    from chalicelib.providers.apprise.services import vendors_of  # only who asks for Apprise's needs their table

    return tuple(sorted({*direct_vendors(channel), *vendors_of(channel)}))


def direct_vendors(channel: Channel) -> tuple[str, ...]:
    """Return the names of the vendors that Herald speaks to itself: those of the files in the channel's folder."""
    if channel not in _modules_of(chalicelib.providers):
        return ()
    return _modules_of(import_module(f"chalicelib.providers.{channel}"))


def provider_class(channel: Channel, vendor: str) -> ProviderClass:
    """Return the class in `providers/<channel>/<vendor>.py`, else that of the service of Apprise; raises
    UnknownVendorError when there is neither.
    """
    if vendor in direct_vendors(channel):
        return _direct_class(channel, vendor)
    from chalicelib.providers.apprise.adapter import class_of

    try:
        return class_of(channel, vendor)
    except LookupError:
        raise UnknownVendorError(channel, vendor) from None


def _direct_class(channel: Channel, vendor: str) -> ProviderClass:
    module = import_module(f"chalicelib.providers.{channel}.{vendor}")
    return next(
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Provider) and member.__module__ == module.__name__
    )


def all_providers() -> tuple[ProviderClass, ...]:
    """Return the classes of all vendors, by channel and name."""
    return tuple(provider_class(channel, vendor) for channel in Channel for vendor in vendors(channel))


def needs_credentials(provider: ProviderClass) -> bool:
    """Tell whether a provider cannot be called without credentials."""
    fields = msgspec.structs.fields(provider.settings_type)
    return any(field.required and field.encode_name in provider.secrets for field in fields)


def read_settings(provider: ProviderClass, values: Mapping[str, Any]) -> ProviderSettings:
    """Return the settings of a provider from its plain ones and its credentials together; raises ValueError."""
    return msgspec.convert(dict(values), prepared(provider.settings_type))


def setting_faults(
    channel: Channel,
    vendor: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    guard: HostGuard = PUBLIC_ONLY,
) -> tuple[Fault, ...]:
    """Return everything wrong with what a tenant says about a vendor; nothing, when it may be stored where this guard
    is in force.

    Pointers are of an object with the members `vendor`, `settings` and `credentials`.
    """
    try:
        provider = provider_class(channel, vendor)
    except UnknownVendorError as error:
        return (Fault(pointer="/vendor", code="unknown_vendor", detail=str(error)),)
    faults = _field_faults(provider, settings, credentials)
    if not faults:
        try:
            provider.check(read_settings(provider, {**settings, **credentials}), guard)
        except SettingError as error:
            faults.append(Fault(pointer=error.pointer, code=error.code, detail=str(error)))
        except ValueError as error:
            faults.append(Fault(pointer="/settings", code="invalid_settings", detail=str(error)))
    return tuple(faults)


def _field_faults(provider: ProviderClass, settings: Mapping[str, Any], credentials: Mapping[str, Any]) -> list[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(provider.settings_type)}
    faults = [
        *_misplaced("/settings", settings.keys(), fields.keys() - provider.secrets, provider.secrets),
        *_misplaced("/credentials", credentials.keys(), provider.secrets, frozenset()),
    ]
    for name, field in fields.items():
        section, values = ("/credentials", credentials) if name in provider.secrets else ("/settings", settings)
        if name in values:
            faults += _value_faults(f"{section}/{name}", values[name], field.type)
        elif field.required:
            faults.append(Fault(pointer=f"{section}/{name}", code="required", detail="the vendor needs it"))
    return faults


def _misplaced(
    section: str, names: AbstractSet[str], expected: AbstractSet[str], secrets: AbstractSet[str]
) -> list[Fault]:
    """Return a fault for each name that does not belong into the section."""
    faults = []
    for name in sorted(names - expected):
        pointer = f"{section}/{name.replace('~', '~0').replace('/', '~1')}"
        if name in secrets:
            detail = "a credential: outside of credentials it would be stored in the clear"
            faults.append(Fault(pointer=pointer, code="secret_in_settings", detail=detail))
        else:
            faults.append(Fault(pointer=pointer, code="unknown_field", detail="the vendor has no such setting"))
    return faults


def _value_faults(pointer: str, value: Any, type_: Any) -> list[Fault]:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        return [Fault(pointer=pointer + _as_pointer(path), code="invalid_value", detail=detail)]
    return []


def _as_pointer(path: str) -> str:
    """Return msgspec's path (`.hosts[2]` and a closing backquote) as a JSON pointer (`/hosts/2`)."""
    return path.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")


def _modules_of(package: ModuleType) -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(package.__path__)))
