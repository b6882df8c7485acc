"""Simulating and explaining over HTTP: the body of a send, and no trace of it in the table."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.domain.allowance import Budget, Period, Price, Taking, Usage
from chalicelib.domain.digest import DigestRule
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.ids import PolicyId, ProviderId, RotaId, UserId, UserType
from chalicelib.domain.preferences import Cap, Preferences, QuietWindow
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Scope
from tests.api import Api, api_on, in_memory_api
from tests.build import ACME, ID, NOW, a_recipient, a_tenant
from tests.callers import ADMIN, a_service
from tests.fakes import ManualClock
from tests.store.stores import MotoSession, Store, acting, new_table, on_table
from tests.world import World

SIMULATE = "/api/v1/services/notifications/simulate"
SEND = "/api/v1/services/notifications/send"
ORDERS = a_service(Scope.SEND, Scope.READ)
CUSTOMER = UserType("customer")
DUTY = PolicyId("duty")
NIGHT = RotaId("night")
EVERYTHING = TenantSettings(
    default_channels=tuple(Channel),
    preferences=Preferences(caps={Channel.SMS: Cap(hour=2)}),
    mandatory_categories=("system",),
    digests={"marketing": DigestRule(window=900, channels=(Channel.PUSH,))},
    prices=(Price(channel=Channel.SMS, amount=7_900), Price(channel=Channel.EMAIL, amount=100)),
    budgets=(Budget(period=Period.DAY, limit=20_000), Budget(period=Period.MONTH, limit=9_000, category="marketing")),
    downgrade=True,
)
PEOPLE = [{"userId": "u1"}, {"userId": "u2", "phone": "+14155550123"}, {"userId": "u3", "email": "c@example.com"}]
CONTENT = {"subject": "Hello", "body": "It is on its way."}
SENDS: list[dict[str, Any]] = [
    {"recipients": PEOPLE, "content": CONTENT},
    {"recipients": PEOPLE, "content": CONTENT, "category": "marketing"},
    {"recipients": PEOPLE, "content": CONTENT, "escalation": {"policy": "duty"}, "cancellationKey": "order-42"},
    {"recipients": PEOPLE, "content": CONTENT, "sendAtLocal": "09:00"},
]


class Tabled:
    """A store on a table, everything of Herald switched on, and what lies in it."""

    def __init__(self) -> None:
        session = MotoSession()
        table = new_table(session)
        self.store: Store = on_table(table)
        self._pages = session.create_client("dynamodb").get_paginator("scan").paginate(TableName=table.name)

    def items(self) -> list[str]:
        """Return all items, as texts in an order of their own."""
        return sorted(str(sorted(item.items())) for page in self._pages for item in page["Items"])


@pytest.fixture
def tabled() -> Iterator[Tabled]:
    with mock_aws():
        tabled = Tabled()
        switch_everything_on(acting(tabled.store))
        yield tabled


def switch_everything_on(store: Store) -> None:
    """Store a tenant that uses all there is, and users of whom all is known."""
    store.tenants.create(a_tenant(settings=EVERYTHING))
    for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH):
        store.providers.create(ACME, ProviderConfig(id=ProviderId(f"{channel}-1"), channel=channel, vendor="fake"))
    steps = (
        Step(channels=(Channel.IN_APP,)),
        Step(channels=(Channel.SMS,), rota=NIGHT),
        Step(channels=(Channel.EMAIL,), after=60),
    )
    store.policies.create(ACME, EscalationPolicy(id=DUTY, steps=steps))
    bob = Person(user_type=CUSTOMER, user_id=UserId("bob"))
    store.rotas.create(ACME, Rota(id=NIGHT, time_zone="Europe/Paris", shifts=(Shift(people=(bob,)),)))
    store.recipients.put(ACME, a_recipient(device_tokens=("token-1", "token-2")))
    window = QuietWindow(start=22 * 60, end=7 * 60)
    quiet = Preferences(quiet_hours=(window,), categories={"alert": {Channel.SMS: False}}, time_zone="Europe/Paris")
    store.preferences.put(ACME, CUSTOMER, UserId("u1"), quiet)
    listed = Suppression(
        channel=Channel.EMAIL, address="c@example.com", reason=SuppressionReason.BOUNCE, created_at=NOW
    )
    store.suppressions.put(ACME, listed)
    usage = Usage(taken={Channel.SMS: (Taking(mark="0" * 12, at=Millis(NOW - 1)),)}, version=1)
    store.usages.put(ACME, CUSTOMER, UserId("u2"), usage, NOW // 1_000)


@pytest.mark.parametrize("send", SENDS, ids=["broadcast", "marketing", "on duty", "local time"])
def test_a_simulation_leaves_every_item_of_the_table_as_it_is(
    tabled: Tabled, monkeypatch: pytest.MonkeyPatch, send: dict[str, Any]
) -> None:
    # Given
    api, before = api_on(tabled.store, monkeypatch), tabled.items()
    # When
    answer = api.call("POST", SIMULATE, ORDERS, send, headers={"idempotency-key": "k-1"})
    # Then
    assert answer.status == 200, answer.text
    assert answer.json["recipientCount"] == 3
    assert tabled.items() == before
    # and a send would have been noticed
    assert api.call("POST", SEND, ORDERS, send, headers={"idempotency-key": "k-1"}).status == 202
    assert tabled.items() != before


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch, World(clock=ManualClock(), tenant=a_tenant(settings=EVERYTHING)))


def test_the_answer_tells_decision_time_provider_content_and_price(api: Api) -> None:
    # When
    send = {"recipients": [{"userId": "u1", "phone": "+14155550100"}], "channels": ["sms", "email"], "content": CONTENT}
    told = api.call("POST", SIMULATE, ORDERS, send).json
    # Then
    [notification] = told["notifications"]
    sms, email = notification["channels"]
    assert (sms["status"], sms["provider"], sms["providers"]) == ("queued", "sms-first", ["sms-first", "sms-second"])
    assert sms["content"] == {"text": "It is on its way.", "segments": 1}
    assert (sms["price"], sms["priceMillionths"]) == ("0.0079", 7_900)
    assert sms["at"] == notification["startsAt"]
    assert (email["status"], email["reason"]) == ("suppressed", "missing_address")
    assert email["text"] == "Not sent: no address of the recipient is known for this channel."
    assert "content" not in email
    assert told["totals"] == {
        "notifications": {"queued": 1},
        "deliveries": {"queued": 1, "suppressed": 1},
        "price": "0.0079",
        "priceMillionths": 7_900,
    }


def test_addresses_are_not_repeated(api: Api) -> None:
    api.world.store.recipients.put(ACME, a_recipient())
    send = {"recipients": [{"userId": "u1"}], "channels": ["email", "sms", "push"], "content": CONTENT}
    text = api.call("POST", SIMULATE, ORDERS, send).text
    assert '"subject":"Hello"' in text
    assert not [address for address in ("ann@example.com", "+14155550100", "token-1") if address in text]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": []},
        {"channels": ["pigeon"]},
        {"sendAt": "2020-01-01T00:00:00Z"},
        {"provider": {"email": "none"}},
        {"escalation": {"policy": "none"}},
        {"template": {"key": "none"}, "content": None},
    ],
)
def test_what_a_send_refuses_a_simulation_refuses_alike(api: Api, changes: dict[str, Any]) -> None:
    send = {"recipients": [{"userId": "u1"}], "content": CONTENT} | changes
    refused, alike = (api.call("POST", path, ORDERS, send) for path in (SEND, SIMULATE))
    assert refused.status in {422, 404}
    assert (alike.status, alike.json["code"], alike.faults) == (refused.status, refused.json["code"], refused.faults)


@pytest.mark.parametrize(("path", "caller"), [("services", ORDERS), ("admin", ADMIN)])
def test_an_explanation_tells_the_decision_record_in_words(api: Api, path: str, caller: Any) -> None:
    # Given
    api.world.decided(recipient=a_recipient(phone=None), channels=(Channel.SMS, Channel.IN_APP))
    # When
    answer = api.call("GET", f"/api/v1/{path}/notifications/{ID}/explain", caller)
    # Then
    told = answer.json
    assert (told["id"], told["status"]) == (ID, "queued")
    assert told["summary"].startswith("It has not reached the recipient yet.")
    [sms, _] = told["channels"]
    assert (sms["channel"], sms["reason"], sms["attempts"]) == ("sms", "missing_address", [])
    assert {fact["name"] for fact in told["facts"]} >= {"sender", "strategy", "recipient"}
    assert told["timeline"][0] == {"at": "2027-01-15T08:00:00.000Z", "text": "Accepted from service:orders."}


def test_what_does_not_exist_is_not_explained(api: Api) -> None:
    missing = ID[:-6] + "ffffff"
    assert api.call("GET", f"/api/v1/services/notifications/{missing}/explain", ORDERS).status == 404
