"""Managing what templates share: layouts and partials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey, TenantId
from chalicelib.domain.template import Template
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.fragment_faults import fragment_faults
from chalicelib.services.ports import Fragments, Page, Rendering, StaleVersionError, Templates, TenantLookup

MOST_BYTES: Final = 100_000
_ACTIONS: Final = {
    FragmentKind.LAYOUT: (Action.CREATE_LAYOUT, Action.UPDATE_LAYOUT, Action.DELETE_LAYOUT),
    FragmentKind.PARTIAL: (Action.CREATE_PARTIAL, Action.UPDATE_PARTIAL, Action.DELETE_PARTIAL),
}
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class ManageFragments:
    """The use case: create, look up, change and remove layouts and partials. A missing one raises NotFoundError.

    Templates have copies: a change reaches them when they are saved anew, whether or not their text changes.
    """

    fragments: Fragments
    templates: Templates
    tenants: TenantLookup
    rendering: Callable[[], Rendering]
    audited: AuditedChanges

    def create(self, tenant: TenantId, fragment: Fragment, by: Actor) -> Fragment:
        """Store a new fragment.

        Raises
        ------
        InvalidInputError
            It is too large, or no template could use it; the faults say where.
        ConflictError
            The tenant has one of this kind and key.
        """
        self._check(tenant, fragment)
        if self.fragments.get(tenant, fragment.kind, fragment.key) is not None:
            raise ConflictError(f"There is a {fragment.kind} {fragment.key}")
        with self.audited.change(_change(tenant, None, fragment), by):
            self.fragments.create(tenant, fragment)
        return fragment

    def get(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> Fragment:
        """Return a fragment."""
        found = self.fragments.get(tenant, kind, key)
        if found is None:
            raise NotFoundError
        return found

    def list(self, tenant: TenantId, kind: FragmentKind, limit: int, after: str | None) -> Page[Fragment]:
        """Return the fragments of a kind in order of key."""
        return self.fragments.list(tenant, kind, limit, after)

    def update(
        self,
        tenant: TenantId,
        kind: FragmentKind,
        key: FragmentKey,
        revise: Callable[[Fragment], Fragment],
        by: Actor,
        version: int | None,
    ) -> Fragment:
        """Store what `revise` makes of a fragment; the caller saw `version`, if they say so. Raises as `create`."""
        stored = self.get(tenant, kind, key)
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        if revised.source != stored.source:
            self._check(tenant, revised)
        with self.audited.change(_change(tenant, stored, revised), by):
            return self.fragments.update(tenant, revised)

    def delete(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey, by: Actor) -> None:
        """Remove a fragment; ConflictError while the latest or the published version of a template uses it.

        A template that is saved at this very moment keeps its copy; its author hears of it when they save again.
        """
        stored = self.get(tenant, kind, key)
        user = next(self.users(tenant, kind, key), None)
        if user is not None:
            raise ConflictError(f"The template {user.key} uses it")
        with self.audited.change(_change(tenant, stored, None), by):
            if not self.fragments.delete(tenant, kind, key):
                raise StaleVersionError

    def users(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> Iterator[Template]:
        """Yield the templates whose latest or published version uses a fragment, in order of key."""
        for template in all_templates(self.templates, tenant):
            if key in (template.layouts if kind is FragmentKind.LAYOUT else template.partials):
                yield template

    def _check(self, tenant: TenantId, fragment: Fragment) -> None:
        owner = self.tenants.get(tenant)
        if owner is None:
            raise NotFoundError("No such tenant")
        size = len(fragment.source.encode())
        if size > MOST_BYTES:
            detail = f"It has {size} bytes; it may have {MOST_BYTES}"
            raise InvalidInputError(faults=[Fault(pointer="/source", code="too_large", detail=detail)])
        faults = fragment_faults(fragment, owner.settings.url_schemes, self.rendering())
        if faults:
            raise InvalidInputError(faults=faults)


def all_templates(templates: Templates, tenant: TenantId) -> Iterator[Template]:
    """Yield all templates of a tenant in order of key."""
    after: str | None = None
    while True:
        page = templates.list(tenant, _PAGE, after)
        yield from page.items
        after = page.next
        if after is None:
            return


def _change(tenant: TenantId, before: Fragment | None, after: Fragment | None) -> Change:
    some = [fragment for fragment in (before, after) if fragment is not None]
    create, update, delete = _ACTIONS[some[0].kind]
    action = create if before is None else delete if after is None else update
    return Change(
        action, f"{some[0].kind}/{some[0].key}", (tenant,), before=_on_record(before), after=_on_record(after)
    )


def _on_record(fragment: Fragment | None) -> Fragment | None:
    # An entry of the log is no place for 100 KB: a digest tells whether it is the one in somebody's files.
    return fragment and replace(fragment, source=f"sha256:{sha256(fragment.source.encode()).hexdigest()}")
