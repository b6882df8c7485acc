"""Given the preload folder on PYTHONPATH, when a process starts, then its environment decides."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.aws_semantics.record import Kind, read_record
from tests.aws_semantics.switch import PRELOAD, environment

SEND = """
import boto3
boto3.client("sqs").send_message(QueueUrl="http://127.0.0.1:1/queue", MessageBody="x")
"""


def run(folder: Path, code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that finds no `tests` but through the preload folder."""
    ambient = {name: value for name, value in os.environ.items() if not name.startswith("HERALD")}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**ambient, "PYTHONPATH": str(PRELOAD), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_nothing_is_loaded_when_nothing_is_asked_for(tmp_path: Path) -> None:
    ran = run(tmp_path, "import sys; print(sorted({'botocore', 'tests', 'hashlib'} & sys.modules.keys()))")
    assert ran.stdout == "[]\n", ran.stderr


def test_little_is_loaded_before_the_first_session(tmp_path: Path) -> None:
    code = "import sys; print(sorted({'botocore.session', 'tests.aws_semantics.switch'} & sys.modules.keys()))"
    ran = run(tmp_path, code, **environment("7", tmp_path / "record"))
    assert ran.stdout == "[]\n", ran.stderr


def test_sessions_are_hooked_and_the_record_is_kept(tmp_path: Path) -> None:
    record = tmp_path / "record"
    ran = run(tmp_path, SEND, AWS_LAMBDA_FUNCTION_NAME="outbox", **environment("7:message_groups", record))

    assert "ViolationError" in ran.stderr
    (entry,) = read_record(record).violations
    assert (entry.kind, entry.semantic, entry.process) == (Kind.VIOLATION, "message_groups", "outbox")


def test_the_emulator_itself_is_left_alone(tmp_path: Path) -> None:
    ran = run(tmp_path, "import sys; print('botocore' in sys.modules)", "ministack", **environment("7", tmp_path / "r"))
    assert ran.stdout == "False\n", ran.stderr


@pytest.mark.parametrize("package", ["infra", "chalicelib"])
def test_the_repository_does_not_become_importable(tmp_path: Path, package: str) -> None:
    ran = run(tmp_path, f"import {package}", **environment("7", tmp_path / "record"))
    assert f"No module named '{package}'" in ran.stderr


def test_a_value_that_makes_no_sense_stops_the_process(tmp_path: Path) -> None:
    ran = run(tmp_path, SEND, **environment("7:earthquakes", tmp_path / "record"))
    assert "there is no semantic 'earthquakes'" in ran.stderr
