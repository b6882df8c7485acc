"""Events of an execution, counted from a definition."""

from typing import Any

import pytest

from infra.state_machines import events_of, most_events, path, states_of

WAIT = {"Type": "Wait", "Next": "Work"}
TASK = {"Type": "Task", "End": True}
RETRIED = {"Type": "Task", "Retry": [{"MaxAttempts": 2}, {"MaxAttempts": 0}], "End": True}
MAP = {"Type": "Map", "ItemProcessor": {"States": {"Each": TASK}}, "End": True}


@pytest.mark.parametrize(("state", "events"), [(WAIT, 2), (TASK, 5), (RETRIED, 11), (MAP, 4 + 3 * (2 + 5))])
def test_a_state_adds_events(state: dict[str, Any], events: int) -> None:
    assert events_of(state, iterations=3) == events


def test_a_type_that_nobody_counted_is_not_free() -> None:
    with pytest.raises(ValueError, match="Parallel"):
        events_of({"Type": "Parallel"}, 1)


def test_all_states_and_begin_and_end_make_an_execution() -> None:
    assert most_events({"Await": WAIT, "Work": RETRIED}, 1) == 2 + 2 + 11
    assert path({"Await": WAIT, "Work": RETRIED}, "Await") == ["Await", "Work"]


@pytest.mark.parametrize("way", [{"Next": "Await"}, {"End": True, "Catch": [{"Next": "Await"}]}])
def test_an_execution_that_may_go_back_has_no_bound(way: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="way back"):
        most_events({"Await": WAIT, "Work": {"Type": "Task", **way}}, 1)


def test_the_states_are_found_in_a_template() -> None:
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"States": {"Await": WAIT}}}}
    assert states_of({"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}, "Timers": machine}}) == {"Await": WAIT}
