"""Prices, budgets, the ladder down and digests among the settings of a tenant."""

from typing import Any

import pytest

from chalicelib.domain.allowance import Budget, Period, Price
from chalicelib.domain.digest import DigestRule, WindowMode
from chalicelib.domain.words import Channel
from tests.api import Api, in_memory_api
from tests.build import ACME
from tests.callers import ADMIN

SETTINGS = "/api/v1/admin/tenants/acme/settings"
SMS = {"channel": "sms", "amount": "0.0079"}
DAILY = {"period": "day", "limit": "20"}
HOURLY = {"windowSeconds": 3_600, "channels": ["email"]}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def test_what_is_said_of_money_and_digests_is_kept_and_shown(api: Api) -> None:
    said = {
        "prices": [SMS, SMS | {"provider": "twilio", "country": "FR", "amount": "1"}],
        "budgets": [DAILY, {"period": "month", "limit": "250.5", "category": "marketing"}],
        "downgrade": True,
        "digests": {"social": HOURLY | {"channels": ["EMAIL", "sms", "email"], "mode": "sliding"}},
    }

    changed = api.call("PATCH", SETTINGS, ADMIN, said)

    assert changed.status == 200
    shown = api.call("GET", SETTINGS, ADMIN).json
    collected = {"windowSeconds": 3_600, "channels": ["email", "sms"], "mode": "sliding"}
    assert {name: shown[name] for name in said} == said | {"digests": {"social": collected}}
    settings = api.world.rows.tenants[ACME].settings
    assert settings.prices == (
        Price(channel=Channel.SMS, amount=7_900),
        Price(channel=Channel.SMS, amount=1_000_000, provider="twilio", country="FR"),
    )
    assert settings.budgets == (
        Budget(period=Period.DAY, limit=20_000_000),
        Budget(period=Period.MONTH, limit=250_500_000, category="marketing"),
    )
    both = (Channel.EMAIL, Channel.SMS)
    assert settings.digests == {"social": DigestRule(window=3_600, channels=both, mode=WindowMode.SLIDING)}
    assert settings.downgrade


def test_a_digest_collects_from_the_first_unless_said_otherwise(api: Api) -> None:
    changed = api.call("PATCH", SETTINGS, ADMIN, {"digests": {"social": HOURLY}})

    assert changed.json["digests"]["social"]["mode"] == "fixed"


def test_what_is_left_out_stays(api: Api) -> None:
    api.call("PATCH", SETTINGS, ADMIN, {"prices": [SMS], "budgets": [DAILY], "digests": {"social": HOURLY}})
    before = api.call("PATCH", SETTINGS, ADMIN, {"downgrade": True}).json

    cleared = api.call("PATCH", SETTINGS, ADMIN, {"prices": [], "digests": {}}).json

    assert (before["prices"], before["budgets"], before["digests"].keys()) == ([SMS], [DAILY], {"social"})
    assert (cleared["prices"], cleared["budgets"], cleared["digests"]) == ([], [DAILY], {})


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.000001", "0.000001"),
        ("999999999.999999", "999999999.999999"),
        ("10.500", "10.5"),
        ("100", "100"),
        ("0.10", "0.1"),
    ],
)
def test_money_is_exact(api: Api, amount: str, shown: str) -> None:
    changed = api.call("PATCH", SETTINGS, ADMIN, {"prices": [SMS | {"amount": amount}]})

    assert changed.json["prices"][0]["amount"] == shown


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        ({"prices": [SMS | {"amount": "0"}]}, {"/prices/0/amount": "out_of_range"}),
        ({"prices": [SMS | {"amount": "0.000000"}]}, {"/prices/0/amount": "out_of_range"}),
        ({"prices": [SMS | {"amount": "-1"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [SMS | {"amount": 0.0079}]}, {"/prices/0/amount": "wrong_type"}),
        ({"prices": [SMS | {"amount": 1}]}, {"/prices/0/amount": "wrong_type"}),
        ({"prices": [SMS | {"amount": "0,5"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [SMS | {"amount": "1e3"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [SMS | {"amount": "٣"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [SMS | {"amount": "1\n"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [SMS | {"amount": "0.0000001"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [SMS | {"amount": "1000000000"}]}, {"/prices/0/amount": "malformed"}),
        ({"prices": [{"channel": "sms"}]}, {"/prices/0/amount": "required"}),
        ({"prices": [SMS | {"channel": "pigeon"}]}, {"/prices/0/channel": "unknown_channel"}),
        ({"prices": [SMS | {"channel": "in_app"}]}, {"/prices/0/channel": "no_price"}),
        ({"prices": [SMS | {"country": "fr"}]}, {"/prices/0/country": "malformed"}),
        ({"prices": [SMS | {"country": "UK"}]}, {"/prices/0/country": "unknown_country"}),
        ({"prices": [SMS | {"channel": "email", "country": "FR"}]}, {"/prices/0/country": "no_country"}),
        ({"prices": [SMS | {"provider": "a b"}]}, {"/prices/0/provider": "malformed"}),
        ({"prices": [SMS, SMS | {"country": "FR"}, SMS | {"amount": "1"}]}, {"/prices/2": "duplicate"}),
        ({"prices": [SMS | {"provider": f"p{n}"} for n in range(501)]}, {"/prices": "too_many"}),
        ({"budgets": [DAILY | {"limit": "0"}]}, {"/budgets/0/limit": "out_of_range"}),
        ({"budgets": [DAILY | {"limit": 20}]}, {"/budgets/0/limit": "wrong_type"}),
        ({"budgets": [DAILY | {"period": "year"}]}, {"/budgets/0/period": "not_one_of"}),
        ({"budgets": [DAILY | {"category": ""}]}, {"/budgets/0/category": "malformed"}),
        ({"budgets": [DAILY, DAILY | {"category": "x"}, DAILY | {"limit": "9"}]}, {"/budgets/2": "duplicate"}),
        ({"budgets": [DAILY | {"category": f"c{n}"} for n in range(21)]}, {"/budgets": "too_many"}),
        ({"downgrade": "yes"}, {"/downgrade": "wrong_type"}),
        ({"digests": {"social": HOURLY | {"windowSeconds": 59}}}, {"/digests/social/windowSeconds": "out_of_range"}),
        ({"digests": {"a/b": HOURLY | {"windowSeconds": 604_801}}}, {"/digests/a~1b/windowSeconds": "out_of_range"}),
        (
            {"retentionDays": 10, "digests": {"social": HOURLY | {"windowSeconds": 86_400, "mode": "sliding"}}},
            {"/digests/social/windowSeconds": "out_of_range"},
        ),
        ({"digests": {"social": HOURLY | {"windowSeconds": "60"}}}, {"/digests/social/windowSeconds": "wrong_type"}),
        ({"digests": {"social": HOURLY | {"mode": "rolling"}}}, {"/digests/social/mode": "not_one_of"}),
        ({"digests": {"social": HOURLY | {"channels": []}}}, {"/digests/social/channels": "too_few"}),
        ({"digests": {"social": HOURLY | {"channels": ["fax"]}}}, {"/digests/social/channels/0": "unknown_channel"}),
        ({"digests": {"so cial": HOURLY}}, {"/digests/so cial": "malformed"}),
        ({"digests": {"social": {"windowSeconds": 60}}}, {"/digests/social/channels": "required"}),
    ],
)
def test_what_is_not_possible_is_not_stored(api: Api, settings: dict[str, Any], faults: dict[str, str]) -> None:
    before = api.world.rows.tenants[ACME]

    answer = api.call("PATCH", "/api/v1/admin/tenants/acme", ADMIN, {"settings": settings})

    assert (answer.status, answer.json["code"]) == (422, "invalid_input")
    assert answer.faults == {f"/settings{pointer}": code for pointer, code in faults.items()}
    assert api.world.rows.tenants[ACME] == before
