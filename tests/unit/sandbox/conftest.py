"""A running sandbox, shared by the tests of a process, and the environment that leads SDKs to it."""

from collections.abc import Iterator

import pytest

from infra.local.sandbox.client import Sandbox


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(running: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox without records and faults; the SDKs of this test go through it."""
    running.clear()
    for name, value in running.proxy_environment().items():
        monkeypatch.setenv(name, value)
    return running
