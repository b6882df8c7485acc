"""What `herald tail` prints into a pipe."""

from typing import Any

import pytest
from typer.testing import CliRunner

from infra.cli.app import app
from infra.cli.commands import tail

SENT: dict[str, Any] = {
    "channel": "email",
    "status": "sent",
    "attemptCount": 1,
    "providers": ["smtp"],
    "attempts": [{"provider": "smtp"}],
    "sentAt": "2026-12-01T09:00:00.250Z",
}
LISTED = {"id": "n1", "subject": "Hello", "createdAt": "2026-12-01T09:00:00Z"}


class Stack:
    """A stack and its API at once, with some notifications."""

    def __init__(self, *listed: dict[str, str]) -> None:
        self.listed = listed

    def as_service(self, _name: str, _tenant: str) -> "Stack":
        return self

    def get(self, path: str, **_query: Any) -> dict[str, Any]:
        return {"status": "sent", "deliveries": [SENT]} if path.endswith("/status") else {"items": [*self.listed]}


def tailed(monkeypatch: pytest.MonkeyPatch, stack: Stack) -> str:
    monkeypatch.setattr(tail, "running_stack", lambda _name: stack)
    return CliRunner().invoke(app, ["tail"]).output


def test_a_pipe_gets_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = tailed(monkeypatch, Stack(LISTED))
    assert printed.endswith("\n")
    heading, line = printed.splitlines()
    assert heading.split()[0] == "accepted"
    assert line.split()[1:] == ["Hello", "email", "smtp", "1", "sent", "250", "ms"]


def test_where_nothing_was_sent_that_is_all_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tailed(monkeypatch, Stack()) == "Nothing was sent in acme in the last 24 hours.\n"
