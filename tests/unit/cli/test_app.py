import socket
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError
from typer.testing import CliRunner

from infra.cli.app import app, sentence
from infra.cli.booting import start_ministack
from infra.cli.commands.release import StageName, parse_parameters
from infra.cli.commands.stack import flattened
from infra.cli.errors import CommandError
from infra.cli.names import command_for
from infra.cli.seeding import Outcome, Seeded, summary
from infra.cli.stack import LocalStack
from infra.local.ministack import MiniStack
from infra.merge import read_stage

ROOT = Path(__file__).parents[3]


def test_the_command_offers_everything_there_is() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    local = ("up", "down", "status", "seed", "token", "send", "simulate", "tail", "explain", "policies", "demo")
    for command in (*local, "templates", "deploy", "package"):
        assert f" {command} " in shown


def test_what_goes_wrong_is_a_sentence_and_no_trace() -> None:
    # Given: no stack of this name
    command = [sys.executable, "-m", "infra.cli", "token", "service", "--name", "nobody-started-me"]
    # When
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # Then
    assert process.returncode == 1
    assert process.stdout == ""
    advice = "`.venv/bin/herald up --name nobody-started-me` starts it."
    assert process.stderr == f"✗ The stack 'nobody-started-me' does not run. {advice}\n"


def test_the_command_that_helps_names_the_stack_unless_it_is_the_usual_one() -> None:
    assert command_for("main", "up") == ".venv/bin/herald up"
    assert command_for("other", "up") == ".venv/bin/herald up --name other"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CommandError("It rains."), "It rains."),
        (NoCredentialsError(), "AWS: Unable to locate credentials"),
        (
            subprocess.CalledProcessError(2, ["/somewhere/pip", "install"]),
            "pip failed with status 2; what it said is above.",
        ),
    ],
)
def test_errors_become_sentences(error: Exception, said: str) -> None:
    assert sentence(error) == said


def test_a_stack_that_never_started_has_nothing_to_stop(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path)
    assert not stack.is_up
    assert stack.stop() == []
    with pytest.raises(CommandError, match="No stack runs here"):
        stack.service_token()


def test_a_port_that_somebody_else_has_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            start_ministack(MiniStack(port, tmp_path), {})
    assert list(tmp_path.iterdir()) == []


def test_the_stages_on_offer_are_those_described() -> None:
    assert [read_stage(stage).name for stage in StageName] == ["local", "dev", "staging", "prod"]


def test_parameters_have_a_name_and_a_value() -> None:
    assert parse_parameters(["LogLevel=DEBUG", "Other=a=b"]) == {
        "LogLevel": "DEBUG",
        "Other": "a=b",
    }
    with pytest.raises(CommandError):
        parse_parameters(["LogLevel"])
    with pytest.raises(CommandError):
        parse_parameters(["A=1", "A=2"])


def test_seeding_is_summed_up_in_a_phrase() -> None:
    seeded = [Seeded("user", name, outcome) for name, outcome in [("a", Outcome.SKIPPED), ("b", Outcome.CREATED)]]
    assert summary([*seeded, Seeded("user", "c", Outcome.SKIPPED)]) == "1 created, 2 skipped"


def test_outputs_are_shown_by_their_paths() -> None:
    assert dict(flattened({"name": "herald-local", "lanes": {"sms": {"queue": "q", "dlq": "d"}}})) == {
        "name": "herald-local",
        "lanes.sms.queue": "q",
        "lanes.sms.dlq": "d",
    }
