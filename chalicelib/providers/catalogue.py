"""All providers there are, as docs/providers.md lists them."""

from typing import Any

from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel
from chalicelib.providers.registry import ProviderClass, all_providers

MEGABYTE = 1_000_000


class Entry(Value, frozen=True):
    """One provider. `through` is the library that speaks to it, None where Herald does itself."""

    channel: Channel
    vendor: str
    through: str | None
    capabilities: tuple[str, ...]
    limits: tuple[str, ...]
    documentation: str
    example: dict[str, Any]


def catalogue() -> tuple[Entry, ...]:
    """Return all providers: channel by channel, the direct ones first, then by name."""
    entries = [_entry(provider) for provider in all_providers()]
    order = list(Channel)
    return tuple(sorted(entries, key=lambda entry: (order.index(entry.channel), entry.through or "", entry.vendor)))


def _entry(provider: ProviderClass) -> Entry:
    return Entry(
        channel=provider.channel,
        vendor=provider.vendor,
        through=provider.through,
        capabilities=provider.capabilities,
        limits=_limits(provider),
        documentation=provider.documentation,
        example=provider.example,
    )


def _limits(provider: ProviderClass) -> tuple[str, ...]:
    bytes_ = provider.byte_limit
    size = None if bytes_ is None else f"{bytes_ // MEGABYTE} MB" if bytes_ >= MEGABYTE else f"{bytes_:,} bytes"
    limits = (
        provider.character_limit and f"{provider.character_limit:,} characters",
        size,
        provider.token_limit and f"{provider.token_limit:,} devices a call",
    )
    return tuple(limit for limit in limits if limit)
