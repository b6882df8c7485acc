"""The parts of a local stack, one by one: how each is started, deployed to, waited for."""

import dataclasses
import fcntl
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.cli.api import Api
from infra.cli.errors import CommandError
from infra.cli.waiting import NotInTimeError, eventually
from infra.cloud import Cloud
from infra.deploy import deploy
from infra.deployed import Deployed
from infra.local.ministack import MiniStack
from infra.local.sandbox.client import Sandbox
from infra.package import ROOT, Package, package

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

_READY_SECONDS: Final = 30


@dataclass(frozen=True)
class Options:
    """How to start a stack. `port` is MiniStack's; None: any that is free.

    `environment` is what MiniStack and all functions get beyond their own (`AUTH`, `PYTHONPATH`, …); `parameters` are
    the template's, beyond those that lead to the sandbox.
    """

    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    seeded: bool = True


DEFAULTS: Final = Options()


def start_ministack(ministack: MiniStack, environment: Mapping[str, str]) -> None:
    """Start MiniStack with nothing in it; CommandError when somebody else has its port, NotStartedError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", ministack.port))
        except OSError as error:
            raise CommandError(
                f"Port {ministack.port} is taken by another program. Choose one with HERALD_PORT or --port; 0 is any."
            ) from error
    ministack.start(environment)


def release(folder: Path, cloud: Cloud, sandbox: Sandbox, parameters: Mapping[str, str]) -> Deployed:
    """Package the sources as they are now and deploy them; the vendors' hosts then lead to the sandbox."""
    leading = {"ProxyUrl": sandbox.proxy_url, "CaBundle": str(sandbox.ca_bundle)}
    return deploy(_packaged(folder / "package"), cloud, {**leading, **parameters})


def await_ready(outputs: Deployed) -> None:
    """Wait until the API says that it can reach all it needs; CommandError with its last answer."""
    api = Api(outputs.api_url)
    answers = [None]

    def ready() -> bool:
        answer = api.call("GET", "/health/ready")
        answers[0] = answer.body
        return answer.status == HTTPStatus.OK

    try:
        eventually(ready, "the API to be ready", within=_READY_SECONDS)
    except NotInTimeError as error:
        raise CommandError(f"The API does not get ready: {answers[0]}") from error


def wake_workers(cloud: Cloud) -> int:
    """Have each worker start now, one after the other, with nothing to do; return how many there are.

    Otherwise the first message starts all of them at once, which keeps a small machine busy for longer than the local
    stage's short timeouts allow.
    """
    functions: LambdaClient = cloud.client("lambda")
    mappings = functions.get_paginator("list_event_source_mappings").paginate()
    workers = {mapping["FunctionArn"] for page in mappings for mapping in page["EventSourceMappings"]}
    for worker in sorted(workers):
        functions.invoke(FunctionName=worker, Payload=b'{"Records": []}')
    return len(workers)


def _packaged(folder: Path) -> Package:
    """Return a package of the sources that is this stack's own: another may be packaged at the same place meanwhile."""
    with _alone(ROOT / "build" / ".lock"):
        built = package("local")
        folder.mkdir(parents=True, exist_ok=True)
        code, template = (Path(shutil.copy(file, folder)) for file in (built.code, built.template))
    return dataclasses.replace(built, code=code, template=template)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the lock `file`, waiting for it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
