"""Given the preload folder on PYTHONPATH, when a process calls AWS, then the bench knows."""

import os
import subprocess
import sys
from pathlib import Path

from bench.cost.calls import CallLog
from tests.unit.providers.wire import answer, http_server

GET = """
import boto3
table = boto3.client("dynamodb")
for _ in range(2):
    table.get_item(TableName="herald", Key={"PK": {"S": "p"}, "SK": {"S": "s"}}, ConsistentRead=True)
"""
ANSWER = b'{"Item": {"PK": {"S": "p"}}, "ConsumedCapacity": {"CapacityUnits": 1.0}}'


def run(code: str, log: CallLog, *arguments: str, **variables: str) -> None:
    ambient = {name: value for name, value in os.environ.items() if not name.startswith(("HERALD", "AWS"))}
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-c", code, *arguments]
    subprocess.run(command, env={**ambient, **credentials, **log.environment, **variables}, check=True, timeout=30)


def test_calls_are_noted_with_what_was_asked_answered_and_used(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls")
    with http_server(answer(200, ANSWER), answer(200, ANSWER)) as wire:
        run(GET, log, AWS_ENDPOINT_URL=wire.url, AWS_LAMBDA_FUNCTION_NAME="outbox", NO_PROXY="127.0.0.1")

    first, second = log.take("outbox")
    assert (first.service, first.operation, first.function) == ("dynamodb", "GetItem", "outbox")
    assert first.request["ConsistentRead"] is True
    assert first.request["ReturnConsumedCapacity"] == "INDEXES"
    assert first.response == {"Item": {"PK": {"S": "p"}}, "ConsumedCapacity": {"CapacityUnits": 1.0}}
    assert 0 < first.cpu < second.cpu
    assert first.process == second.process


def test_each_call_is_taken_once_and_by_its_function(tmp_path: Path) -> None:
    file = tmp_path / "calls"
    line = (
        '{"function": "%s", "process": 1, "service": "s", "operation": "%s", "request": {}, "response": {}, "cpu": 0}\n'
    )
    log = CallLog(file)
    assert log.take("a") == ()
    file.write_text(line % ("a", "First") + line % ("b", "Second"))
    assert [call.operation for call in log.take("a")] == ["First"]
    with file.open("a") as more:
        more.write(line % ("a", "Third"))
    assert [call.operation for call in log.take("a")] == ["Third"]
    assert [call.operation for call in log.take("b")] == ["Second"]


def test_the_emulator_itself_is_left_alone(tmp_path: Path) -> None:
    run("import sys; sys.exit('botocore' in sys.modules)", CallLog(tmp_path / "calls"), "ministack")
