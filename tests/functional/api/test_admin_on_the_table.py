"""Reading and administration over HTTP on the table itself: what is stored comes back as it was."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, ProviderId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef
from tests.api import Api, api_on
from tests.build import ACME, a_delivery, a_request, a_state
from tests.callers import ADMIN, PLATFORM, a_user
from tests.store.stores import MotoSession, Store, acting, new_table, on_table

ADMINISTRATION = "/api/v1/admin"
INBOX = "/api/v1/users/me/notifications"
ANN = a_user()


@pytest.fixture
def store() -> Iterator[Store]:
    with mock_aws():
        yield on_table(new_table(MotoSession()))


@pytest.fixture
def api(store: Store, monkeypatch: pytest.MonkeyPatch) -> Api:
    api = api_on(store, monkeypatch)
    api.call("POST", f"{ADMINISTRATION}/tenants", PLATFORM, {"id": "acme", "name": "Acme"})
    return api


def arrive(api: Api, store: Store, count: int) -> list[NotificationId]:
    """Let so many in-app notifications arrive in Ann's inbox; return their ids, newest first."""
    store = acting(store)
    ids = [NotificationId(f"01890a5d-ac96-774b-bcce-{number:012x}") for number in range(count)]
    for number, id in enumerate(ids):
        at = Millis(api.world.clock() - 60_000 + number)
        ttl = at // 1_000 + 3_600
        store.requests.put(a_request(id=id, accepted_at=at, channels=(Channel.IN_APP,), metadata={"n": number}), ttl)
        waiting = {Channel.IN_APP: a_delivery(DeliveryStatus.QUEUED, providers=())}
        store.states.put(a_state(waiting, id=id, accepted_at=at), ttl)
        store.states.deliver_in_app(NotificationRef(ACME, id), at)
    return ids[::-1]


def all_of(api: Api, path: str, caller: Any, limit: int) -> list[Any]:
    """Follow a listing's cursors to its end."""
    page = api.call("GET", path, caller, query={"limit": str(limit)}).json
    found: list[Any] = page["items"]
    while "nextCursor" in page:
        page = api.call("GET", path, caller, query={"limit": str(limit), "cursor": page["nextCursor"]}).json
        found += page["items"]
    return found


def test_a_user_reads_archives_and_deletes(api: Api, store: Store) -> None:
    first, second, third, *rest = arrive(api, store, 7)

    listed = all_of(api, INBOX, ANN, limit=3)
    api.call("PATCH", f"{INBOX}/{first}/read", ANN)
    api.call("POST", f"{INBOX}/{second}/archive", ANN)
    api.call("DELETE", f"{INBOX}/{third}", ANN)

    assert [(item["id"], item["metadata"]["n"]) for item in listed] == [
        (id, 6 - position) for position, id in enumerate([first, second, third, *rest])
    ]
    assert api.call("GET", f"{INBOX}/unread-count", ANN).json == {"unreadCount": 4}
    assert [item["id"] for item in all_of(api, INBOX, ANN, limit=2)] == [first, *rest]
    assert api.call("POST", f"{INBOX}/mark-all-read", ANN).json == {"updatedCount": 4, "complete": True}
    assert api.call("GET", f"{INBOX}/unread-count", ANN).json == {"unreadCount": 0}
    assert api.call("DELETE", INBOX, ANN, query={"status": "read"}).json == {"deletedCount": 5, "complete": True}
    assert len(all_of(api, f"{ADMINISTRATION}/notifications", ADMIN, limit=3)) == 7


def test_what_is_administered_comes_back_as_it_was_given(api: Api, store: Store) -> None:
    account = {"clientId": "orders", "name": "Orders", "tenants": ["acme"], "scopes": ["herald/send"]}
    provider = {
        "id": "mail",
        "channel": "email",
        "vendor": "smtp",
        "settings": {"host": "smtp.example.com", "port": 2525, "username": "herald"},
        "credentials": {"password": "secret"},
    }
    recipient = {"email": "ann@example.com", "attributes": {"plan": {"name": "pro", "seats": 3}}}

    created = [
        api.call("POST", f"{ADMINISTRATION}/service-accounts", ADMIN, account),
        api.call("POST", f"{ADMINISTRATION}/providers", ADMIN, provider),
        api.call("PUT", f"{ADMINISTRATION}/recipients/customer/u1", ADMIN, recipient),
        api.call("PATCH", f"{ADMINISTRATION}/tenants/acme", ADMIN, {"settings": {"timeZone": "Europe/Rome"}}),
    ]
    stored = [
        api.call("GET", f"{ADMINISTRATION}/service-accounts/orders", ADMIN),
        api.call("GET", f"{ADMINISTRATION}/providers/mail", ADMIN),
        api.call("GET", f"{ADMINISTRATION}/recipients/customer/u1", ADMIN),
        api.call("GET", f"{ADMINISTRATION}/tenants/acme", ADMIN),
    ]

    assert [answer.json for answer in stored] == [answer.json for answer in created]
    assert stored[1].json["credentialsSet"] == ["password"]
    sealed = acting(store).providers.get(ACME, ProviderId("mail"))
    assert sealed is not None
    assert sealed.credentials == b"sealed for acme"


@pytest.mark.parametrize("resources", ["providers", "service-accounts"])
@pytest.mark.parametrize(
    "id", ["x" * 1_100, "x" * 5_000, "%F0%9F%98%80" * 300, "a%23b", "a%2Fb", "%00", "env:ses", "."]
)
@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None)])
def test_an_id_that_nothing_can_have_answers_like_one_that_nothing_has(
    api: Api, resources: str, id: str, method: str, body: Any
) -> None:
    answer = api.call(method, f"{ADMINISTRATION}/{resources}/{id}", ADMIN, body)

    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_every_change_is_in_the_log_and_late_ones_are_conflicts(api: Api) -> None:
    for name in ("One", "Two", "Three"):
        assert api.call("PATCH", f"{ADMINISTRATION}/tenants/acme", ADMIN, {"name": name}).status == 200
    late = api.call("PATCH", f"{ADMINISTRATION}/tenants/acme", ADMIN, {"name": "Four", "version": 1})

    log = all_of(api, f"{ADMINISTRATION}/audit-log", ADMIN, limit=2)

    assert late.status == 409
    assert [(entry["action"], entry["after"]["name"]) for entry in log] == [
        ("tenant.update", "Three"),
        ("tenant.update", "Two"),
        ("tenant.update", "One"),
        ("tenant.create", "Acme"),
    ]
