"""Who gets in where."""

import pytest

from chalicelib.auth.permissions import Permission, demand, permits
from chalicelib.domain.errors import ForbiddenError
from chalicelib.domain.principal import Principal
from chalicelib.domain.words import Role, Scope
from tests.callers import a_service, a_user

P = Permission
CALLERS: dict[str, tuple[Principal, set[Permission]]] = {
    "user without a role": (a_user(), {P.OWN}),
    "user": (a_user(Role.USER), {P.OWN}),
    "a person in the role of a service": (a_user(Role.SERVICE), {P.OWN}),
    "viewer": (a_user(Role.VIEWER), {P.OWN, P.VIEW, P.VIEW_TENANTS}),
    "manager": (a_user(Role.MANAGER), {P.OWN, P.VIEW, P.MANAGE, P.VIEW_TENANTS}),
    "admin": (
        a_user(Role.ADMIN),
        {P.OWN, P.VIEW, P.MANAGE, P.ADMINISTER, P.VIEW_TENANTS, P.ADMINISTER_TENANTS},
    ),
    "platform admin": (a_user(Role.PLATFORM_ADMIN), set(Permission) - {P.SEND, P.READ}),
    "service without a scope": (a_service(), set()),
    "sending service": (a_service(Scope.SEND), {P.SEND}),
    "reading service": (a_service(Scope.READ), {P.READ}),
    "bulk service": (a_service(Scope.BULK), set()),
    "administering service": (
        a_service(Scope.ADMIN),
        {P.VIEW, P.MANAGE, P.ADMINISTER, P.VIEW_TENANTS, P.ADMINISTER_TENANTS},
    ),
}


@pytest.mark.parametrize(("caller", "permitted"), CALLERS.values(), ids=CALLERS)
def test_each_caller_has_these_permissions_and_no_others(caller: Principal, permitted: set[Permission]) -> None:
    assert {permission for permission in Permission if permits(permission, caller)} == permitted


def test_a_demand_that_is_not_met_says_who_would_meet_it() -> None:
    with pytest.raises(ForbiddenError, match="herald/send"):
        demand(Permission.SEND, a_user(Role.ADMIN))
