"""What is within its budget, and where it stands in latest.json."""

import json
from pathlib import Path

import pytest

from bench.__main__ import cost_results, history_of_a_million, timer_results
from bench.budgets import SINGLE, Budget, Result, Unit
from bench.cost.idle import idle_month
from bench.cost.measure import Cost, Costs
from bench.cost.prices import Charge, Prices
from bench.cost.usage import Part, Terms
from bench.report import shown, write_latest
from bench.sends import SINGLE as ONE_CHANNEL
from bench.sends import THREE_CHANNELS
from infra.merge import Function
from tests.unit.bench.calls import a_call, an_invocation


def a_result(value: float, budget: Budget | None = SINGLE) -> Result:
    return Result(("cost_per_million", "single"), "a send", value, Unit.DOLLARS, budget)


@pytest.mark.parametrize(("value", "ok"), [(SINGLE.most, True), (SINGLE.most + 0.01, False)])
def test_a_result_may_be_as_much_as_its_budget(value: float, ok: bool) -> None:
    assert a_result(value).is_ok is ok


def test_what_has_no_budget_is_only_told() -> None:
    assert a_result(1_000, budget=None).is_ok


def test_results_stand_where_their_keys_say(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    results = [
        a_result(9.87654),
        Result(("cold_start_ratio", "api"), "", 1.5, Unit.TIMES),
        Result(("cold_start_ratio", "outbox"), "", 1.25, Unit.TIMES),
        Result(("package_mb",), "", 118, Unit.MEGABYTES),
    ]
    write_latest(results, file)
    assert json.loads(file.read_text()) == {
        "cost_per_million": {"single": 9.877},
        "cold_start_ratio": {"api": 1.5, "outbox": 1.25},
        "package_mb": 118,
    }


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Unit.DOLLARS, "$9.88"),
        (Unit.TIMES, "9.88 x"),
        (Unit.MEGABYTES, "10 MB"),
        (Unit.EACH, "9.876"),
        (Unit.EVENTS, "10"),
    ],
)
def test_people_read_a_few_digits(unit: Unit, text: str) -> None:
    assert shown(9.876, unit) == text


def test_only_a_busy_systems_costs_have_budgets() -> None:
    cost = Cost({Part.QUEUES: 2.0, Part.TOPIC: 1.0}, keeping=5.0, logged=700)
    costs = Costs(busy={ONE_CHANNEL: cost, THREE_CHANNELS: cost}, quiet={ONE_CHANNEL: cost}, idle=())
    results = {result.key: result for result in cost_results(costs)}
    assert {key: result.budget is not None for key, result in results.items()} == {
        ("cost_per_million", "single"): True,
        ("cost_per_million", "three_channels"): True,
        ("quiet_cost_per_million", "single"): False,
    }
    assert {result.value for result in results.values()} == {3.0}


@pytest.mark.parametrize(("transitions", "dollars", "ok"), [(0.04, 1.0, True), (0.041, 1.025, False)])
def test_an_escalation_may_have_four_hundredths_of_a_transition(transitions: float, dollars: float, ok: bool) -> None:
    cost = Cost({Part.TIMERS: dollars}, keeping=0, logged=0, transitions=transitions)
    results = {result.key: result for result in timer_results(cost)}
    assert {key: result.value for key, result in results.items()} == {
        ("escalation_transitions_cost_per_million",): dollars,
        ("escalation_transitions_per_recipient",): transitions,
    }
    assert {result.is_ok for result in results.values()} == {ok}


@pytest.mark.parametrize(("retries", "ok"), [(200, True), (300, False)])
def test_the_history_of_an_execution_has_its_limit(retries: int, ok: bool) -> None:
    task = {"Type": "Task", "Retry": [{"MaxAttempts": retries}]}
    machine = {"Drain": {"Type": "Map", "ItemProcessor": {"States": {"DrainShard": task}}}}
    properties = {"Definition": {"States": machine}}
    template = {"Resources": {"Timers": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
    result = history_of_a_million(template)
    assert result.value == 2 + 4 + 32 * (2 + 2 + 3 * (1 + retries))
    assert result.is_ok is ok


def test_an_idle_month_is_mostly_looking_into_empty_queues() -> None:
    prices = Prices.read()
    terms = Terms({"Sweep": Function("sweep", "Sweep", 256, 60, "")}, prices.latency)
    bucket = {"ConsistentRead": True, "ExpressionAttributeValues": {":0": {"S": "DUE#60000#1"}}}
    cursor = {"ExpressionAttributeValues": {":0": {"S": "T#_platform"}}}
    sweep = an_invocation("Sweep", 1, *[a_call("Query", request=bucket)] * 160, a_call("Query", request=cursor))
    lines = {line.what: line.dollars for line in idle_month(sweep, 0.01, 6, terms, prices)}
    assert lines["looking into 6 empty queues"] == pytest.approx(6 * 5 * 3 * 43_800 * prices.of[Charge.SQS_REQUEST])
    reads = lines["looking for timers that were missed, 160 reads every 5 minutes"]
    assert reads == pytest.approx(160 * 8_760 * prices.of[Charge.READ_UNIT])
    assert 0 < lines["sweeping every 5 minutes, but for those reads"] < reads
    assert max(lines, key=lambda what: lines[what]) == "looking into 6 empty queues"
