"""What an execution of a state machine comes to, counted from its definition by what AWS says of each type of state:
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (25,000 events an execution),
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html (their types).
"""

from collections.abc import Mapping
from typing import Any, Final

States = Mapping[str, Mapping[str, Any]]

EVENT_LIMIT: Final = 25_000
"""Events that the history of an execution may have; with one more it fails."""
_BEGIN_AND_END: Final = 2


def states_of(template: Mapping[str, Any]) -> States:
    """Return the states of the one state machine of a CloudFormation template."""
    (definition,) = (
        resource["Properties"]["Definition"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    )
    states: States = definition["States"]
    return states


def path(states: States, start: str) -> list[str]:
    """Return the states that are entered where nothing fails, each once."""
    names = [start]
    while (following := states[names[-1]].get("Next")) is not None and following not in names:
        names.append(following)
    return names


def attempts(task: Mapping[str, Any]) -> int:
    """Return how often a task is tried at the most."""
    return 1 + sum(int(retrier["MaxAttempts"]) for retrier in task.get("Retry", []))


def events_of(state: Mapping[str, Any], iterations: int) -> int:
    """Return how many events a state adds at the most, retries included; a map has so many iterations.

    Raises
    ------
    ValueError
        Nobody has counted a state of this type yet.
    """
    match state["Type"]:
        case "Wait":
            return 2  # entered, exited
        case "Task":
            return 2 + 3 * attempts(state)  # entered, exited; scheduled, started and an outcome each time
        case "Map":
            inner = state["ItemProcessor"]["States"].values()
            # entered, started, an outcome, exited; of an iteration its start, an outcome, and its states'
            return 4 + iterations * (2 + sum(events_of(each, iterations) for each in inner))
    raise ValueError(f"nobody counts the events of a {state['Type']}")


def most_events(states: States, iterations: int) -> int:
    """Return how many events an execution has at the most: every state is entered, and tried to the last.

    Raises
    ------
    ValueError
        Some state may be entered twice.
    """
    if any(name in _reached(states, name) for name in states):
        raise ValueError("there is a way back to a state")
    return _BEGIN_AND_END + sum(events_of(state, iterations) for state in states.values())


def _reached(states: States, start: str) -> set[str]:
    """Return the states that may be entered after one, errors included."""
    reached, new = set[str](), _followers(states[start])
    while new:
        reached |= new
        new = set[str]().union(*(_followers(states[name]) for name in new)) - reached
    return reached


def _followers(state: Mapping[str, Any]) -> set[str]:
    return {way["Next"] for way in (state, *state.get("Catch", ())) if "Next" in way}
