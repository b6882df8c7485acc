"""How providers look in a terminal, and what the commands ask the API."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from infra.cli.app import app
from infra.cli.providers import line_of_test, provider_rows

MAIL: dict[str, Any] = {
    "id": "mail",
    "channel": "email",
    "vendor": "smtp",
    "enabled": True,
    "priority": 10,
    "weight": 1,
    "credentialsSet": [],
}


def shown(*providers: dict[str, Any]) -> list[list[str]]:
    """Return the words of each line below the heading."""
    text = StringIO()
    Console(file=text, width=200).print(provider_rows(providers))
    return [line.split() for line in text.getvalue().splitlines()[1:]]


def test_providers_stand_by_channel_in_the_order_in_which_they_are_tried() -> None:
    assert shown(
        MAIL | {"id": "texts", "channel": "sms", "vendor": "twilio", "credentialsSet": ["authToken"]},
        MAIL | {"id": "backup", "priority": 20, "enabled": False},
        MAIL,
    ) == [
        ["email", "mail", "smtp", "10", "1", "none"],
        ["backup", "(disabled)", "smtp", "20", "1", "none"],
        ["sms", "texts", "twilio", "10", "1", "authToken"],
    ]


@pytest.mark.parametrize(
    ("tried", "line"),
    [
        ({"outcome": "accepted", "probed": True}, "✓ mail was asked: these settings work."),
        (
            {"outcome": "accepted", "probed": False, "vendorId": "v1"},
            "✓ mail was sent a test message: the vendor took it (v1).",
        ),
        (
            {"outcome": "misconfigured", "probed": True, "code": "535"},
            "✗ mail was asked: the vendor refuses these settings (535).",
        ),
        (
            {"outcome": "unknown", "probed": False, "code": "timeout"},
            "? mail was sent a test message: nobody can tell whether the vendor took it (timeout).",
        ),
    ],
)
def test_what_became_of_a_test_is_one_line(tried: dict[str, Any], line: str) -> None:
    assert line_of_test("mail", tried).plain == line


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--help"], "test"), (["test", "--help"], "--to"), (["list", "--help"], "--tenant")],
)
def test_the_commands_say_what_they_do(words: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["providers", *words], env={"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"})

    assert result.exit_code == 0
    assert said in result.output


def test_a_stack_that_does_not_run_is_told_as_a_sentence() -> None:
    result = CliRunner().invoke(app, ["providers", "test", "mail", "--name", "no-such-stack"])

    assert result.exit_code != 0
    assert "does not run" in str(result.exception)
