"""A sandbox for the contract, and workers in the environment of a case."""

from collections.abc import Iterator, Mapping
from typing import Protocol

import pytest

from chalicelib.aws.clients import session
from chalicelib.providers.aws import aws_service
from chalicelib.providers.base import Timeouts
from infra.local.sandbox.client import Sandbox
from tests.contract.case import Case, find_cases
from tests.contract.worker import PATIENT, Worker

CASES = find_cases()
NOT_OURS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL")


class StartWorker(Protocol):
    """Starts a fresh worker in an environment."""

    def __call__(self, environment: Mapping[str, str], timeouts: Timeouts = PATIENT) -> Worker: ...


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The vendors, of whom nobody has asked anything yet."""
    running.clear()
    return running


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    """Every provider in turn."""
    found: Case = request.param
    return found


@pytest.fixture
def start_worker(case: Case, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartWorker]:
    """Return what starts a worker; nothing of the one before is left."""

    def start(environment: Mapping[str, str], timeouts: Timeouts = PATIENT) -> Worker:
        for name in NOT_OURS:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        _forget_clients()
        return Worker(case, sandbox, timeouts)

    yield start
    _forget_clients()


@pytest.fixture
def afresh() -> Iterator[None]:
    """Nothing is left of the AWS clients of a worker before, nor for the next one."""
    _forget_clients()
    yield
    _forget_clients()


@pytest.fixture
def worker(case: Case, sandbox: Sandbox, start_worker: StartWorker) -> Worker:
    """A worker that has all it needs."""
    return start_worker(case.environment(sandbox))


def _forget_clients() -> None:
    """Let go of the AWS clients that a worker keeps for as long as it lives."""
    aws_service.cache_clear()
    session.cache_clear()
