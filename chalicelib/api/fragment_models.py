"""Layouts, partials and categories as they come in and as they are shown."""

from typing import Any, Self

import msgspec

from chalicelib.api.localization_models import Source
from chalicelib.api.models import Answer, Body, Line, Time
from chalicelib.api.template_models import KeyText
from chalicelib.api.tenant_models import Version
from chalicelib.domain.category import Category
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey
from chalicelib.domain.template import Template
from chalicelib.domain.value import Millis
from chalicelib.services.manage_categories import is_built_in


class CreateFragment(Body):
    """A layout or partial: Jinja of which little is allowed. A layout has `{{ content }}` where the e-mail's HTML goes;
    a partial is named by `{% include "key" %}`.
    """

    key: KeyText
    source: Source
    description: Line | None = None

    def fragment(self, kind: FragmentKind, now: Millis) -> Fragment:
        """Return the fragment as it is stored first."""
        key = FragmentKey(self.key)
        return Fragment(kind=kind, key=key, source=self.source, description=self.description, created_at=now)


class ChangeFragment(Body):
    """What changes of a layout or partial. Templates have copies: it reaches them when they are saved anew."""

    source: Source | None = None
    description: Line | None = None
    version: Version | None = None

    def applied_to(self, fragment: Fragment) -> Fragment:
        """Return the fragment with the given replaced."""
        return msgspec.structs.replace(fragment, **_given(self))


class FragmentAnswer(Answer):
    """A layout or partial."""

    key: str
    source: str
    description: str | None
    created_at: Time
    version: int


class FragmentPage(Answer):
    """A page of layouts or partials, in order of key."""

    items: list[FragmentAnswer]
    next_cursor: str | None


class UsageAnswer(Answer):
    """The templates whose latest or published version has a copy, by key."""

    templates: list[str]

    @classmethod
    def of(cls, templates: list[Template]) -> Self:
        """Return what is told of those that use something."""
        return cls(templates=[template.key for template in templates])


class CreateCategory(Body):
    """A category. One with the key of a built-in one takes its place."""

    key: KeyText
    name: Line
    description: Line | None = None

    def category(self) -> Category:
        """Return the category as it is stored first."""
        return Category(key=self.key, name=self.name, description=self.description)


class ChangeCategory(Body):
    """What changes of a category."""

    name: Line | None = None
    description: Line | None = None
    version: Version | None = None

    def applied_to(self, category: Category) -> Category:
        """Return the category with the given replaced."""
        return msgspec.structs.replace(category, **_given(self))


class CategoryAnswer(Answer):
    """A category. `builtIn`: every tenant has one of this key. `mandatory`: by the tenant's settings nobody can opt
    out of it.
    """

    key: str
    name: str
    description: str | None
    built_in: bool
    mandatory: bool
    version: int

    @classmethod
    def of(cls, category: Category, mandatory: tuple[str, ...]) -> Self:
        """Return what is told of a category; `mandatory` are those of the tenant's settings."""
        return cls(
            key=category.key,
            name=category.name,
            description=category.description,
            built_in=is_built_in(category.key),
            mandatory=category.key in mandatory,
            version=category.version,
        )


class CategoryList(Answer):
    """All categories of a tenant, in order of key."""

    items: list[CategoryAnswer]


def _given(body: ChangeFragment | ChangeCategory) -> dict[str, Any]:
    return body.model_dump(exclude={"version"}, exclude_none=True)
