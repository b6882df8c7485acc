from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.api.examples import EXAMPLES
from infra.cli.explanations import print_explanation, print_simulation
from infra.cli.policies import duration, print_policies, print_rotas

Show = Callable[[Callable[[Any], None], Any], str]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Show:
    """Return what a function prints, with the white space of wrapping taken out."""

    def show(function: Callable[[Any], None], told: Any) -> str:
        function(told)
        return " ".join(capsys.readouterr().out.split())

    return show


def test_an_explanation_says_the_answer_first_and_then_everything(shown: Show) -> None:
    [told] = EXAMPLES["ExplanationAnswer"].values()
    text = shown(print_explanation, told)
    assert text.index(told["summary"]) < text.index("Channels") < text.index("Why") < text.index("Course of events")
    assert "email cancelled Not sent: it was read before this step came due" in text
    assert "2026-12-01 09:00:00.000 Accepted from service:orders." in text


def test_people_on_duty_are_part_of_an_explanation(shown: Show) -> None:
    [told] = EXAMPLES["ExplanationAnswer"].values()
    relays = [{"rota": "night", "channels": ["sms"], "text": "1 on duty was asked.", "asked": []}]
    assert "On duty: night 1 on duty was asked." in shown(print_explanation, told | {"relays": relays})


def test_a_simulation_says_that_nothing_was_sent_and_what_it_would_cost(shown: Show) -> None:
    [told] = EXAMPLES["SimulationAnswer"].values()
    text = shown(print_simulation, told)
    assert "customer/u1: scheduled, broadcast" in text
    assert "quiet hours of the recipient. Costs 0.0079." in text
    assert text.endswith("Nothing was sent. It would be: 1 scheduled; estimated price 0.0079.")


def test_a_simulation_names_the_digest_and_people_on_duty(shown: Show) -> None:
    # Given
    [told] = EXAMPLES["SimulationAnswer"].values()
    at = "2026-12-01T09:15:00.000Z"
    duty = [{"userType": "admin", "userId": "bob", "at": at, "channels": ["sms"]}]
    [notification] = told["notifications"]
    # When
    more = [notification | {"onDuty": duty, "digestClosesAt": at}]
    text = shown(print_simulation, told | {"notifications": more})
    # Then
    assert "The digest is told at 2026-12-01 09:15:00 UTC." in text
    assert "On duty, unless it was acknowledged: admin/bob at 2026-12-01 09:15:00 UTC." in text


def test_policies_show_each_step_and_whom_it_addresses(shown: Show) -> None:
    steps = [
        {"channels": ["in_app"], "after": 0},
        {"channels": ["sms", "push"], "after": 600, "rota": "night", "every": 90},
    ]
    text = shown(print_policies, [{"id": "default", "stop": "read", "steps": steps, "builtIn": True}])
    assert "default (built in) read at once in_app the recipient" in text
    assert "10 min sms, push on duty by night, the next one after 1 min 30 s" in text


def test_rotas_show_shifts_holidays_and_who_is_asked_otherwise(shown: Show) -> None:
    # Given
    bob, eve = ({"userType": "admin", "userId": name} for name in ("bob", "eve"))
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    rota = {
        "id": "night",
        "timeZone": "Europe/Paris",
        "shifts": [
            {"people": [bob], "days": week, "start": "22:00", "end": "06:00"},
            {"people": [eve, bob], "days": ["sat"], "start": "06:00", "end": "22:00"},
        ],
        "fallback": [eve],
        "holidays": ["2026-12-25"],
        "holidayPeople": [eve],
    }
    # When
    text = shown(print_rotas, [rota])
    # Then
    assert "night Europe/Paris every day 22:00-06:00 admin/bob" in text
    assert "sat 06:00-22:00 admin/eve, admin/bob" in text
    assert "fallback admin/eve" in text
    assert "2026-12-25 holiday admin/eve" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "at once"), (45, "45 s"), (2_400, "40 min"), (5_400, "1 h 30 min"), (90_061, "1 d 1 h 1 min 1 s")],
)
def test_a_duration_is_told_in_its_largest_units(seconds: int, text: str) -> None:
    assert duration(seconds) == text
