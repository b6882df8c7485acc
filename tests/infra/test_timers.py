"""The state machine of timers: who starts it, what it may do, how little it costs, how much fits into an execution."""

from math import ceil
from typing import Any

import pytest

from chalicelib.domain.timer import SHARDS
from chalicelib.services.drain import PAGE, FloodError, UnfinishedError
from infra.merge import Function, read_stage
from infra.state_machines import EVENT_LIMIT, States, most_events, path, states_of
from tests.infra.reading import Template, may, resources_of, statements_of, target_of

FUNCTIONS = read_stage("prod").functions
STARTERS = {"Dispatch", "Sweep"} | {function.id for function in FUNCTIONS if function.lane}
MILLION = 1_000_000
UNEVEN = 1.25
"""How much more than its part may lie in a shard."""
PAGES_A_SECOND = 1
"""That an invocation wakes at the least: each page is 20 requests to the queue and 8 to the table."""


@pytest.fixture
def machine(template: Template) -> dict[str, Any]:
    (machine,) = resources_of(template, "StepFunctions::StateMachine").values()
    return dict(machine)


@pytest.fixture
def states(template: Template) -> States:
    return states_of(template)


def test_the_usual_path_is_four_transitions(machine: dict[str, Any], states: States) -> None:
    usual = path(states, machine["Definition"]["StartAt"])
    assert [states[name]["Type"] for name in usual] == ["Wait", "Task", "Wait", "Task"]


def test_the_history_of_a_million_items_stays_below_the_limit(states: States) -> None:
    assert most_events(states, SHARDS) < EVENT_LIMIT


def test_a_million_items_are_woken_within_the_attempts_of_their_shards(states: States) -> None:
    pages = ceil(MILLION / SHARDS * UNEVEN / PAGE)
    for state in states.values():
        if state["Type"] == "Map":
            (task,) = state["ItemProcessor"]["States"].values()
            (unfinished,) = [entry for entry in task["Retry"] if entry["ErrorEquals"] == [UnfinishedError.__name__]]
            seconds = _timeout_of("drain") * 4 // 5
            assert (1 + unfinished["MaxAttempts"]) * seconds * PAGES_A_SECOND > pages


def _timeout_of(name: str) -> int:
    (function,) = [function for function in FUNCTIONS if function.name == name]
    return function.timeout


def test_what_fails_goes_to_the_shards_and_from_there_to_the_second_round(states: States) -> None:
    caught = {name: state["Catch"] for name, state in states.items() if "Catch" in state}
    assert {name: [entry["Next"] for entry in entries] for name, entries in caught.items()} == {
        "Drain": ["DrainShards"],
        "DrainShards": ["AwaitLate"],
        "DrainLate": ["DrainLateShards"],
    }
    assert all(entry["ErrorEquals"] == ["States.ALL"] for entries in caught.values() for entry in entries)


def test_all_shards_are_drained_at_once(template: Template, states: States) -> None:
    at_once = 4 if "local" in template["Description"] else SHARDS
    assert [state["MaxConcurrency"] for state in states.values() if state["Type"] == "Map"] == [at_once, at_once]


@pytest.mark.parametrize("name", ["Drain", "DrainLate"])
def test_a_flood_goes_to_the_shards_at_once_and_an_accident_is_tried_again_first(states: States, name: str) -> None:
    flood, accident = states[name]["Retry"]
    assert (flood["MaxAttempts"], accident["MaxAttempts"]) == (0, 1)
    assert FloodError.__name__ in flood["ErrorEquals"]
    assert accident["ErrorEquals"] == ["States.ALL"]


def test_names_of_states_are_unique_in_the_whole_machine(states: States) -> None:
    inner = [name for state in states.values() for name in state.get("ItemProcessor", {}).get("States", ())]
    assert len({*states, *inner}) == len(states) + len(inner)


def test_cloudformation_finds_no_null(machine: dict[str, Any]) -> None:
    assert "null" not in str(machine).lower()
    assert "None" not in str(machine)


def test_a_task_is_given_the_time_of_its_function(template: Template, states: States) -> None:
    timeout = template["Resources"]["Drain"]["Properties"]["Timeout"]
    inner = [state for outer in states.values() for state in outer.get("ItemProcessor", {}).get("States", {}).values()]
    tasks = [state for state in (*states.values(), *inner) if state["Type"] == "Task"]
    assert len(tasks) == 4
    assert all(task["TimeoutSeconds"] > timeout for task in tasks)


def test_the_machine_may_only_drain(template: Template, machine: dict[str, Any]) -> None:
    role = template["Resources"][target_of(machine["RoleArn"])]["Properties"]
    statements = [entry for policy in role["Policies"] for entry in policy["PolicyDocument"]["Statement"]]
    assert [(entry["Action"], target_of(entry["Resource"])) for entry in statements] == [
        ("lambda:InvokeFunction", "Drain")
    ]
    assert target_of(machine["DefinitionSubstitutions"]["Drain"]) == "Drain"


def test_what_starts_executions_knows_the_machine_by_its_name(template: Template, machine: dict[str, Any]) -> None:
    arn = template["Globals"]["Function"]["Environment"]["Variables"]["HERALD_TIMERS_ARN"]
    assert arn["Fn::Sub"].endswith(f":stateMachine:{machine['StateMachineName']}")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_only_what_schedules_or_sweeps_starts_executions(template: Template, function: Function) -> None:
    arn = template["Globals"]["Function"]["Environment"]["Variables"]["HERALD_TIMERS_ARN"]
    granted = [
        entry
        for entry in statements_of(template, function.id)
        if "states:" in str(entry["Action"]) and entry["Resource"] == arn
    ]
    assert len(granted) == (function.id in STARTERS)


def test_the_drain_may_wake_and_remove_and_nothing_else(template: Template) -> None:
    assert may(template, "Drain", "sqs:SendMessage", "DispatchQueue")
    assert may(template, "Drain", "dynamodb:Query", "Table")
    assert may(template, "Drain", "dynamodb:BatchWriteItem", "Table")
    assert not may(template, "Drain", "dynamodb:GetItem", "Table")


def test_the_sweeper_may_ask_the_dispatcher_and_nobody_else(template: Template) -> None:
    assert may(template, "Sweep", "sqs:SendMessage", "DispatchQueue")
    assert not may(template, "Sweep", "sns:Publish", "Topic")
