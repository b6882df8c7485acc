"""Lookups and feature flags as they come in and as they are shown."""

from typing import Annotated, Any, Self

import msgspec
from pydantic import Field, StringConstraints

from chalicelib.api.fields import FreeData
from chalicelib.api.models import Answer, Body, Line
from chalicelib.api.tenant_models import TenantIdText, Version
from chalicelib.domain.flag import Flag, FlagRule
from chalicelib.domain.ids import TenantId
from chalicelib.domain.lookup import Lookup, LookupType
from chalicelib.domain.template import Locale

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Labels = Annotated[dict[LanguageTag, Line], Field(min_length=1, max_length=50)]
Order = Annotated[int, Field(ge=0, le=1_000_000)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32)]


class CreateLookup(Body):
    """A new code of a list, with its labels by language."""

    code: Code
    labels: Labels
    order: Order = 0
    enabled: bool = True
    metadata: FreeData = Field(default_factory=dict)

    def lookup(self, type: LookupType) -> Lookup:
        """Return the code as it is stored first."""
        return Lookup(type=type, **self.model_dump() | {"labels": _labels(self.labels)})


class ChangeLookup(Body):
    """What changes of a code; what is left out stays as it is."""

    labels: Labels | None = None
    order: Order | None = None
    enabled: bool | None = None
    metadata: FreeData | None = None
    version: Version | None = None

    def applied_to(self, lookup: Lookup) -> Lookup:
        """Return the code with the given replaced."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"version"}}
        return msgspec.structs.replace(lookup, **{name: each for name, each in given.items() if each is not None})


class LookupAnswer(Answer):
    """A code of a list. `version` is 0 for one of the product's own that was never changed."""

    type: LookupType
    code: str
    labels: dict[str, str]
    order: int
    enabled: bool
    metadata: dict[str, Any]
    version: int


class LookupList(Answer):
    """A list, in its order."""

    items: list[LookupAnswer]


class FlagRuleBody(Body):
    """What holds for some tenants."""

    name: Line
    tenants: Annotated[list[TenantIdText], Field(min_length=1, max_length=1_000)]
    enabled: bool


class FlagBody(Body):
    """A feature flag. The first rule that names a tenant decides, else `default`."""

    default: bool
    rules: Annotated[list[FlagRuleBody], Field(max_length=50)] = Field(default_factory=list)
    description: Annotated[str, StringConstraints(max_length=500)] = ""
    version: Version | None = None

    def flag(self, name: str) -> Flag:
        """Return the flag as it is stored."""
        rules = tuple(
            FlagRule(name=rule.name, tenants=tuple(map(TenantId, rule.tenants)), enabled=rule.enabled)
            for rule in self.rules
        )
        return Flag(name=name, default=self.default, rules=rules, description=self.description)


class FlagRuleAnswer(Answer):
    """What holds for some tenants."""

    name: str
    tenants: list[str]
    enabled: bool


class FlagAnswer(Answer):
    """A feature flag."""

    name: str
    default: bool
    rules: list[FlagRuleAnswer]
    description: str
    version: int


class FlagList(Answer):
    """All feature flags, in order of name."""

    items: list[FlagAnswer]


class SeenFlags(Answer):
    """Which feature flags are on for a tenant, by name."""

    flags: dict[str, bool]

    @classmethod
    def of(cls, seen: dict[str, bool]) -> Self:
        """Return what a tenant is told of flags."""
        return cls(flags=seen)


def _labels(labels: dict[str, str]) -> dict[Locale, str]:
    return {Locale(language): label for language, label in labels.items()}
