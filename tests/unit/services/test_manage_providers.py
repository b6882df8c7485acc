"""A tenant's providers: checked by their vendor's rules, with credentials that go in and never come out."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import MOST_PROVIDERS, ProviderConfig
from chalicelib.domain.words import Channel
from chalicelib.providers.registry import setting_faults
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_providers import ManageProviders
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, GLOBEX, by
from tests.twin import Rows, TwinAuditLog, TwinProviders, TwinTenants

MAIL = ProviderId("mail")
SMTP = ProviderConfig(
    id=MAIL, channel=Channel.EMAIL, vendor="smtp", settings={"host": "smtp.example.com", "username": "herald"}
)
SECRET = "hunter2-and-more"


class OpenVault:
    """`ports.Vault` that only marks whose secret it is, and cannot open any."""

    def seal(self, tenant: TenantId, secret: Mapping[str, Any]) -> bytes:
        return f"sealed for {tenant}: {len(msgspec.json.encode(secret))} bytes".encode()

    def open(self, tenant: TenantId, sealed: bytes) -> dict[str, Any]:
        raise AssertionError("administration never opens credentials")


@pytest.fixture
def rows() -> Rows:
    rows = Rows()
    for tenant in (ACME, GLOBEX):
        TwinTenants(rows).create(a_tenant(id=tenant))
    return rows


@pytest.fixture
def manage(rows: Rows) -> ManageProviders:
    numbers = iter(range(1_000))
    audited = AuditedChanges(TwinAuditLog(rows), lambda size: next(numbers).to_bytes(size, "big"))
    return ManageProviders(TwinProviders(rows), TwinTenants(rows), OpenVault(), setting_faults, audited)


def create(manage: ManageProviders) -> ProviderConfig:
    return manage.create(ACME, SMTP, {"password": SECRET}, by(ADMIN))


def test_credentials_are_sealed_for_the_tenant_and_shown_by_name_only(rows: Rows, manage: ManageProviders) -> None:
    created = create(manage)

    assert created.secrets == ("password",)
    assert created.credentials is not None
    assert created.credentials.startswith(b"sealed for acme")
    assert manage.get(ACME, MAIL) == created
    assert SECRET not in str(rows)


def test_the_log_has_every_change_and_no_credentials(rows: Rows, manage: ManageProviders) -> None:
    create(manage)
    manage.update(ACME, MAIL, lambda provider: replace(provider, priority=5), None, by(ADMIN), None)
    manage.update(ACME, MAIL, lambda provider: provider, {"password": "another"}, by(ADMIN), None)
    manage.delete(ACME, MAIL, by(ADMIN))

    log = rows.audit[ACME]
    assert [entry.action for entry in log] == [
        "provider.create",
        "provider.update",
        "provider.replace_credentials",
        "provider.delete",
    ]
    shown = [side for entry in log for side in (entry.before, entry.after) if side is not None]
    assert all("credentials" not in side and list(side["secrets"]) == ["password"] for side in shown)


def test_a_tenant_has_so_many_providers_and_no_more(rows: Rows, manage: ManageProviders) -> None:
    create(manage)
    for number in range(MOST_PROVIDERS - 1):
        TwinProviders(rows).create(ACME, replace(SMTP, id=ProviderId(f"mail-{number}")))

    with pytest.raises(InvalidInputError) as raised:
        manage.create(ACME, replace(SMTP, id=ProviderId("another")), {"password": SECRET}, by(ADMIN))

    assert [(fault.pointer, fault.code) for fault in raised.value.faults] == [("", "too_many")]
    assert len(manage.list(ACME)) == MOST_PROVIDERS
    with pytest.raises(ConflictError):
        create(manage)
    assert manage.create(GLOBEX, SMTP, {"password": SECRET}, by(ADMIN)).id == MAIL


@pytest.mark.parametrize(
    ("provider", "credentials", "pointer", "code"),
    [
        (replace(SMTP, vendor="pigeon"), {}, "/vendor", "unknown_vendor"),
        (replace(SMTP, settings={}), {}, "/settings/host", "required"),
        (replace(SMTP, settings={"host": "h.example.com", "color": 1}), {}, "/settings/color", "unknown_field"),
        (replace(SMTP, settings={"host": "h.example.com", "password": "x"}), {}, "/settings/password", None),
        (SMTP, {"password": "x", "pin": "y"}, "/credentials/pin", "unknown_field"),
    ],
)
def test_what_the_vendor_does_not_know_is_refused(
    rows: Rows,
    manage: ManageProviders,
    provider: ProviderConfig,
    credentials: dict[str, str],
    pointer: str,
    code: str | None,
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        manage.create(ACME, provider, credentials, by(ADMIN))

    assert pointer in {fault.pointer for fault in refused.value.faults}
    assert code is None or code in {fault.code for fault in refused.value.faults}
    assert (rows.providers, rows.audit) == ({}, {})


def test_an_id_is_taken_once_in_a_tenant_and_free_in_another(manage: ManageProviders) -> None:
    create(manage)

    with pytest.raises(ConflictError):
        create(manage)
    assert manage.create(GLOBEX, SMTP, {"password": SECRET}, by(ADMIN)).id == MAIL


def test_nothing_is_stored_for_a_tenant_that_does_not_exist(rows: Rows, manage: ManageProviders) -> None:
    with pytest.raises(NotFoundError):
        manage.create(TenantId("nowhere"), SMTP, {"password": SECRET}, by(ADMIN))

    assert rows.providers == {}


def test_disabling_keeps_the_sealed_credentials(manage: ManageProviders) -> None:
    created = create(manage)

    disabled = manage.update(ACME, MAIL, lambda provider: replace(provider, enabled=False), None, by(ADMIN), version=1)

    assert disabled == replace(created, enabled=False, version=2)


def test_settings_change_only_together_with_the_credentials(manage: ManageProviders) -> None:
    created = create(manage)

    def elsewhere(provider: ProviderConfig) -> ProviderConfig:
        return replace(provider, settings={"host": "smtp.example.org", "username": "herald"})

    with pytest.raises(InvalidInputError) as refused:
        manage.update(ACME, MAIL, elsewhere, None, by(ADMIN), None)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/credentials", "required")]
    assert manage.get(ACME, MAIL) == created

    changed = manage.update(ACME, MAIL, elsewhere, {"password": "another"}, by(ADMIN), None)
    assert changed.settings["host"] == "smtp.example.org"
    assert changed.credentials != created.credentials


def test_settings_of_a_provider_without_credentials_change_freely(manage: ManageProviders) -> None:
    manage.create(ACME, replace(SMTP, settings={"host": "relay.example.com"}), {}, by(ADMIN))

    changed = manage.update(
        ACME, MAIL, lambda provider: replace(provider, settings={"host": "relay.example.org"}), None, by(ADMIN), None
    )

    assert (changed.settings, changed.credentials, changed.secrets) == ({"host": "relay.example.org"}, None, ())


def test_a_change_of_an_old_version_is_refused(manage: ManageProviders) -> None:
    create(manage)

    with pytest.raises(ConflictError):
        manage.update(ACME, MAIL, lambda provider: replace(provider, enabled=False), None, by(ADMIN), version=2)


def test_a_change_that_changes_nothing_is_none(rows: Rows, manage: ManageProviders) -> None:
    create(manage)

    assert manage.update(ACME, MAIL, lambda provider: provider, None, by(ADMIN), None).version == 1
    assert len(rows.audit[ACME]) == 1


def test_another_tenants_provider_is_not_there(rows: Rows, manage: ManageProviders) -> None:
    create(manage)
    stored = dict(rows.providers)

    assert manage.list(GLOBEX) == ()
    with pytest.raises(NotFoundError):
        manage.get(GLOBEX, MAIL)
    with pytest.raises(NotFoundError):
        manage.update(GLOBEX, MAIL, lambda provider: replace(provider, enabled=False), None, by(ADMIN), None)
    with pytest.raises(NotFoundError):
        manage.delete(GLOBEX, MAIL, by(ADMIN))
    assert rows.providers == stored


def test_a_provider_somebody_else_deletes_at_the_same_time_is_a_conflict(rows: Rows, manage: ManageProviders) -> None:
    class Overtaken(TwinProviders):
        def delete(self, tenant: TenantId, id: ProviderId) -> bool:
            super().delete(tenant, id)
            return super().delete(tenant, id)

    create(manage)

    with pytest.raises(ConflictError):
        dataclasses.replace(manage, providers=Overtaken(rows)).delete(ACME, MAIL, by(ADMIN))
    assert [entry.action for entry in rows.audit[ACME]][-1] == "provider.delete.refused"


def test_a_deleted_provider_is_gone(manage: ManageProviders) -> None:
    create(manage)

    manage.delete(ACME, MAIL, by(ADMIN))

    assert manage.list(ACME) == ()
