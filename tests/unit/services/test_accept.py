from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.content import NO_CONTENT, Content
from chalicelib.domain.errors import (
    IdempotencyMismatchError,
    InvalidInputError,
    NotFoundError,
    RequestInProgressError,
    TenantSuspendedError,
)
from chalicelib.domain.ids import ProviderId, TenantId, UserId
from chalicelib.domain.tenant import TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority
from chalicelib.services.accept import IN_PROGRESS_FOR, Acceptance, IdempotencyKey
from chalicelib.services.order import Filling, Order
from tests.build import ACME, NOW, a_recipient, a_tenant
from tests.saying import GREETING, a_version
from tests.twin import DAY
from tests.world import World

KEY = IdempotencyKey(route="send", key="order-42", body_hash="abc")


def an_order(**changes: Any) -> Order:
    fields: dict[str, Any] = {
        "tenant": ACME,
        "recipients": (a_recipient(), a_recipient(user_id=UserId("u2"))),
        "content": Content(body="Hello"),
        "category": "transactional",
        "priority": Priority.MEDIUM,
    }
    return Order(**(fields | changes))


def accept(world: World, order: Order | None = None, key: IdempotencyKey | None = KEY, at: Millis = NOW) -> Acceptance:
    return world.accept()(order or an_order(), sent_by="service:orders", now=at, key=key)


def test_each_recipient_gets_a_request_of_its_own() -> None:
    world = World()

    acceptance = accept(world, key=None)

    stored = [world.rows.requests[ACME, id] for id in acceptance.ids]
    assert [request.recipient.user_id for request in stored] == ["u1", "u2"]
    assert {(request.request_id, request.sent_by) for request in stored} == {(acceptance.request_id, "service:orders")}


def test_a_repeated_key_gives_the_first_answer_and_stores_nothing() -> None:
    world = World()
    first = accept(world)

    again = accept(world, at=Millis(NOW + 1))

    assert (again.request_id, again.ids, again.replayed) == (first.request_id, first.ids, True)
    assert len(world.rows.requests) == 2


def test_a_key_with_another_body_is_refused() -> None:
    world = World()
    accept(world)

    with pytest.raises(IdempotencyMismatchError):
        accept(world, key=IdempotencyKey(route="send", key="order-42", body_hash="other"))


@pytest.mark.parametrize(
    "other",
    [IdempotencyKey(route="admin", key="order-42", body_hash="abc"), IdempotencyKey("send", "order-43", "abc")],
)
def test_another_route_or_key_is_another_request(other: IdempotencyKey) -> None:
    world = World()

    assert not set(accept(world).ids) & set(accept(world, key=other).ids)


def test_a_key_belongs_to_its_tenant() -> None:
    world = World()
    beta = TenantId("beta")
    world.rows.tenants[beta] = a_tenant(id=beta)

    assert not set(accept(world).ids) & set(accept(world, an_order(tenant=beta)).ids)


def test_a_key_is_free_again_after_a_day() -> None:
    world = World()
    first = accept(world)

    assert accept(world, at=Millis(NOW + DAY - 1)).replayed
    later = accept(world, at=Millis(NOW + DAY))

    assert not later.replayed
    assert not set(first.ids) & set(later.ids)


def test_a_day_starts_anew_with_each_new_request_under_the_key() -> None:
    world = World()
    accept(world)
    second = accept(world, at=Millis(NOW + DAY))

    assert accept(world, at=Millis(NOW + 2 * DAY - 1)).ids == second.ids


def test_while_the_first_is_still_writing_a_repetition_is_told_to_wait() -> None:
    world = World()
    missing = accept(world).ids[1]
    del world.rows.requests[ACME, missing]

    with pytest.raises(RequestInProgressError):
        accept(world, at=Millis(NOW + IN_PROGRESS_FOR - 1))


def test_what_a_crash_left_out_is_completed_by_the_repetition() -> None:
    world = World()
    first = accept(world)
    left = {id: world.rows.requests.pop((ACME, id)) for id in first.ids}

    again = accept(world, at=Millis(NOW + IN_PROGRESS_FOR))

    assert again.replayed
    assert {id: world.rows.requests[ACME, id] for id in again.ids} == left


def publish(world: World, number: int, **changes: Any) -> None:
    world.templates.add(ACME, a_version(number, **changes))


def from_template(data: dict[str, Any] | None = None) -> Order:
    """Return an order that leaves open what its template says."""
    filling = Filling(key=GREETING, data=data or {"name": "Ann"})
    return an_order(template=filling, content=NO_CONTENT, category=None)


NEEDS_MORE: dict[str, Any] = {"schema": {"required": ["name", "city"]}, "channels": (Channel.EMAIL,), "category": "new"}


BECAME: dict[str, Callable[[World], None]] = {
    "a version that needs more": lambda world: publish(world, 2, **NEEDS_MORE),
    "a version that needs the same": lambda world: publish(world, 2, channels=(Channel.EMAIL,), category="new"),
    "deleted": lambda world: world.templates.withdraw(ACME, GREETING),
}


@pytest.mark.parametrize("became", BECAME.values(), ids=BECAME)
def test_a_repeated_key_gives_the_first_answer_whatever_became_of_its_template(
    became: Callable[[World], None],
) -> None:
    world = World()
    publish(world, 1)
    first = accept(world, from_template())
    became(world)

    again = accept(world, from_template(), at=Millis(NOW + 1))

    assert (again.request_id, again.ids, again.replayed) == (first.request_id, first.ids, True)


@pytest.mark.parametrize("became", BECAME.values(), ids=BECAME)
def test_what_a_crash_left_out_is_completed_from_the_version_of_its_siblings(became: Callable[[World], None]) -> None:
    world = World()
    publish(world, 1)
    first = accept(world, from_template())
    left = world.rows.requests.pop((ACME, first.ids[1]))
    became(world)

    accept(world, from_template(), at=Millis(NOW + IN_PROGRESS_FOR))

    assert world.rows.requests[ACME, first.ids[1]] == left


def test_a_key_with_another_body_is_refused_also_where_its_template_would_be() -> None:
    world = World()
    publish(world, 1)
    accept(world, from_template())
    world.templates.withdraw(ACME, GREETING)

    with pytest.raises(IdempotencyMismatchError):
        accept(world, from_template(), key=IdempotencyKey(route="send", key="order-42", body_hash="other"))


def test_a_key_that_is_free_again_does_not_keep_its_template() -> None:
    world = World()
    publish(world, 1)
    accept(world, from_template())
    publish(world, 2, **NEEDS_MORE)

    with pytest.raises(InvalidInputError):
        accept(world, from_template(), at=Millis(NOW + DAY))
    later = accept(world, from_template({"name": "Ann", "city": "Lyon"}), at=Millis(NOW + DAY))

    assert [world.rows.requests[ACME, id].category for id in later.ids] == ["new", "new"]


def test_a_repeated_key_gives_the_first_answer_also_without_its_provider() -> None:
    world = World()
    order = an_order(providers={Channel.SMS: ProviderId("sms-first")})
    first = accept(world, order)
    world.store.providers.delete(ACME, ProviderId("sms-first"))

    assert accept(world, order, at=Millis(NOW + 1)).ids == first.ids


@pytest.mark.parametrize("moment", ["send_at", "expires_at"])
def test_a_repeated_key_gives_the_first_answer_also_after_its_time_has_passed(moment: str) -> None:
    world = World()
    order = an_order(**{moment: Millis(NOW + 1_000)})
    first = accept(world, order)

    assert accept(world, order, at=Millis(NOW + 1_000)).ids == first.ids
    with pytest.raises(InvalidInputError):
        accept(World(), order, at=Millis(NOW + 1_000))


def test_a_provider_the_tenant_does_not_have_is_refused_before_anything_is_stored() -> None:
    world = World()
    order = an_order(providers={Channel.EMAIL: ProviderId("sms-first"), Channel.SMS: ProviderId("sms-first")})

    with pytest.raises(InvalidInputError) as refused:
        accept(world, order)

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/provider/email", "unknown_provider")]
    assert not world.rows.requests
    assert not world.rows.records


def test_only_an_existing_active_tenant_sends() -> None:
    world = World()

    with pytest.raises(NotFoundError):
        accept(world, an_order(tenant=TenantId("beta")))

    world.rows.tenants[ACME] = replace(world.tenant, status=TenantStatus.SUSPENDED)
    with pytest.raises(TenantSuspendedError):
        accept(world)


def test_what_was_never_sent_before_costs_one_write_for_its_key_and_no_read() -> None:
    world = World()
    asked: list[str] = []
    publish(world, 1)

    class Asked:
        """A port that remembers what was asked of it."""

        def __init__(self, port: object) -> None:
            self._port = port

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(self._port, name)

    world.accept(Asked)(from_template(), sent_by="service:orders", now=NOW, key=KEY)

    assert sorted(asked) == ["add", "begin", "put", "put"]
