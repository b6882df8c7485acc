"""Managing feature flags: the platform's switches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import Fault, InvalidInputError, NotFoundError
from chalicelib.domain.flag import CHANNEL_FLAG, NAME, Flag
from chalicelib.domain.ids import TenantId
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Flags, StaleVersionError


@dataclass(frozen=True, slots=True)
class ManageFlags:
    """The use case: set, look at and remove flags. A missing one raises NotFoundError."""

    flags: Flags
    is_on: Callable[[Sequence[Flag], str, TenantId], bool]
    audited: AuditedChanges

    def put(self, flag: Flag, by: Actor, version: int | None) -> Flag:
        """Store a flag, a new one or in the place of the one of its name; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            There can be no such flag; the faults say why.
        ConflictError
            It was changed meanwhile.
        """
        faults = _faults(flag)
        if faults:
            raise InvalidInputError(faults=faults)
        stored = self.flags.get(flag.name)
        expect_version(stored.version if stored else 0, version)
        with self.audited.change(_change(Action.PUT_FLAG, stored, flag), by):
            if stored is not None:
                return self.flags.update(replace(flag, version=stored.version))
            self.flags.create(flag)
            return flag

    def get(self, name: str) -> Flag:
        """Return a flag."""
        # What can be no name may be too long for a key.
        found = self.flags.get(name) if NAME.match(name) else None
        if found is None:
            raise NotFoundError
        return found

    def list(self) -> tuple[Flag, ...]:
        """Return all flags, in order of name."""
        return self.flags.list()

    def seen_by(self, tenant: TenantId) -> dict[str, bool]:
        """Return which of the flags are on for a tenant, by name."""
        flags = self.flags.list()
        return {flag.name: self.is_on(flags, flag.name, tenant) for flag in flags}

    def delete(self, name: str, by: Actor) -> None:
        """Remove a flag."""
        stored = self.get(name)
        with self.audited.change(_change(Action.DELETE_FLAG, stored, None), by):
            if not self.flags.delete(name):
                raise StaleVersionError


def _faults(flag: Flag) -> list[Fault]:
    faults = []
    if not NAME.match(flag.name):
        detail = "a-z, 0-9, _, - and dots, beginning with a letter"
        faults.append(Fault(pointer="/name", code="malformed", detail=detail))
    channel = flag.name.removeprefix(CHANNEL_FLAG)
    if flag.name.startswith(CHANNEL_FLAG) and channel not in list(Channel):
        faults.append(Fault(pointer="/name", code="unknown_channel", detail="There is no such channel"))
    names = [rule.name for rule in flag.rules]
    for at, name in enumerate(names):
        if name in names[:at]:
            faults.append(Fault(pointer=f"/rules/{at}/name", code="duplicate", detail="A rule before has this name"))
    return faults


def _change(action: Action, before: Flag | None, after: Flag | None) -> Change:
    named = after or before
    target = f"feature-flag/{named.name}" if named else "feature-flag"
    return Change(action, target, (TenantId.platform(),), before=before, after=after)
