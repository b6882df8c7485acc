from dataclasses import fields
from pathlib import Path

from infra.cli.state import Samples, SampleUser, State, read_state, write_state
from infra.deployed import Deployed, Lane
from infra.local.sandbox.folder import Ports

NAMES = {field.name: field.name for field in fields(Deployed)}
OUTPUTS = Deployed(**{**NAMES, "lanes": {"email": Lane("queue", "dlq")}})  # type: ignore[arg-type]
STATE = State(
    port=4566,
    sandbox=Ports(proxy=1, control=2, smtp=3, smtps=4),
    outputs=OUTPUTS,
    samples=Samples({"ann": SampleUser("sub-1", "customer", "ann@example.com", "acme")}, {"orders": "c1"}),
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "stack" / "state.json"
    write_state(file, STATE)
    assert read_state(file) == STATE


def test_no_state_and_one_of_another_version_count_as_none(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    assert read_state(file) is None
    file.write_text('{"ports": {}}')
    assert read_state(file) is None
