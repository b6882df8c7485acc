"""Choosing while others do: nothing that somebody chose is lost."""

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import BusyError, ConflictError, NotFoundError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.words import Channel
from chalicelib.services.manage_preferences import TRIES, ManagePreferences
from chalicelib.services.notification import Owner
from tests.build import ACME, NOW, a_tenant
from tests.twin import Rows, TwinPreferences, TwinTenants

ANN = Owner(ACME, UserType("customer"), UserId("ann"))


@dataclass
class Overtaken(TwinPreferences):
    """Choices that somebody else changes `times` times, each time right before they are stored."""

    times: int = 0
    others: list[str] = field(default_factory=list)

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, preferences: Preferences) -> Preferences:
        if len(self.others) < self.times:
            self.others.append(f"type-{len(self.others)}")
            stored = self.get(tenant, user_type, user_id)
            super().put(tenant, user_type, user_id, replace(stored, types=stored.types | {self.others[-1]: False}))
        return super().put(tenant, user_type, user_id, preferences)


def manage(times: int = 0) -> ManagePreferences:
    rows = Rows(tenants={ACME: a_tenant()})
    return ManagePreferences(Overtaken(rows, times=times), TwinTenants(rows))


def test_a_channel_is_turned_off_beside_what_others_choose_at_the_same_time() -> None:
    chosen = manage(times=3).turn(ANN, Channel.SMS, enabled=False).chosen
    assert chosen.channels == {Channel.SMS: False}
    assert set(chosen.types) == {"type-0", "type-1", "type-2"}


def test_whoever_is_always_overtaken_is_told_so() -> None:
    with pytest.raises(BusyError):
        manage(times=TRIES).turn(ANN, Channel.SMS, enabled=False)


def test_who_saw_a_version_does_not_overwrite_what_came_in_between() -> None:
    with pytest.raises(ConflictError):
        manage(times=1).replace(ANN, Preferences(channels={Channel.SMS: False}), NOW, 0)


def test_choosing_the_same_again_is_no_change() -> None:
    use_case = manage()
    first = use_case.replace(ANN, Preferences(types={"a": False}), NOW, None)
    again = use_case.replace(ANN, Preferences(types={"a": False}), NOW, first.chosen.version)
    assert again == first
    assert first.chosen.version == 1


def test_where_there_is_no_tenant_nothing_is_found() -> None:
    with pytest.raises(NotFoundError):
        manage().get(replace(ANN, tenant=TenantId("none")))
