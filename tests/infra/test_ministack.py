"""MiniStack as a process of ours: on the loopback alone, several at once, gone when stopped."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.ministack import MiniStack, NotStartedError, find_free_port


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[MiniStack]:
    stack = MiniStack(find_free_port(), tmp_path / "stack")
    yield stack
    stack.stop()


def test_starts_empty_beside_another_and_stops(stack: MiniStack, tmp_path: Path) -> None:
    other = MiniStack(find_free_port(), tmp_path / "other")
    try:
        stack.start()
        other.start()
        stack.cloud.client("sqs").create_queue(QueueName="mine")

        assert not other.cloud.client("sqs").list_queues().get("QueueUrls")
    finally:
        assert other.stop()

    assert not other.is_healthy()
    assert stack.is_healthy()
    assert stack.stop()
    assert not stack.is_healthy()
    assert not stack.stop()


def test_takes_its_children_with_it(stack: MiniStack) -> None:
    stack.start()
    pid = int((stack.folder / "ministack.pid").read_text())

    stack.stop()

    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


def test_says_why_it_did_not_start(stack: MiniStack) -> None:
    with socket.create_server(("127.0.0.1", stack.port)), pytest.raises(NotStartedError, match="already in use"):
        stack.start()


def test_leaves_a_process_alone_that_is_not_its_own(stack: MiniStack) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    try:
        stack.folder.mkdir(parents=True)
        (stack.folder / "ministack.pid").write_text(str(stranger.pid))

        assert not stack.stop()
        assert stranger.poll() is None
    finally:
        stranger.communicate(b"\n")
