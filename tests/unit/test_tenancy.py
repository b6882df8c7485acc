"""Given code that acts for a tenant, when it turns to another, then it is stopped."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.ids import TenantId
from chalicelib.tenancy import ForeignTenantError, current_tenant, tenant_scope

ACME, OTHER = TenantId("acme"), TenantId("other")


def test_a_scope_holds_until_the_end_of_its_block() -> None:
    assert current_tenant() is None
    with tenant_scope(ACME):
        assert current_tenant() == ACME
    assert current_tenant() is None


def test_a_scope_ends_when_its_block_fails() -> None:
    with pytest.raises(LookupError), tenant_scope(ACME):
        raise LookupError
    assert current_tenant() is None


def test_the_same_tenant_may_be_named_again_inside() -> None:
    with tenant_scope(ACME):
        with tenant_scope(ACME):
            assert current_tenant() == ACME
        assert current_tenant() == ACME


def test_a_unit_of_work_does_not_change_its_tenant() -> None:
    with tenant_scope(ACME), pytest.raises(ForeignTenantError), tenant_scope(OTHER):
        pytest.fail("entered another tenant's scope")


def test_a_thread_of_a_pool_begins_outside_of_every_scope() -> None:
    with ThreadPoolExecutor(1) as pool, tenant_scope(ACME):
        assert pool.submit(current_tenant).result() is None
