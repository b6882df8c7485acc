"""What the contract needs to know of a provider, and how a case is found."""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from chalicelib.channels.base import Message
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract import cases


@dataclass(frozen=True)
class Refusal:
    """A message that the vendor refuses, and what the provider must make of that."""

    message: Message
    outcome: AttemptOutcome
    code: str


class Case(ABC):
    """One provider in the contract. Its vendor is the one of the same name in the sandbox."""

    channel: ClassVar[Channel]
    vendor: ClassVar[str]
    """The name of the file."""
    message: ClassVar[Message]
    arrives: ClassVar[Any]
    """What `content` finds of `message` at the vendor."""
    refusals: ClassVar[tuple[Refusal, ...]]
    gateways: ClassVar[bool] = True
    """Whether there can be an HTTP proxy between us and the vendor that answers in its place."""
    retry_after: ClassVar[float | None] = 2.0
    """The wait understood when the vendor asks for 2 seconds; None where its protocol cannot ask."""
    names_messages: ClassVar[bool] = True
    """Whether the vendor gives what it takes an id."""
    has_answers: ClassVar[bool] = True
    """Whether a success has a shape by which it is known; else any answer of 200 is one."""
    has_credentials: ClassVar[bool] = True
    """Whether the vendor asks who sends."""
    without_credentials: ClassVar[str | None] = "no_credentials"
    """The code of a provider that has no credentials; None where a vendor may need none."""

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return the provider's plain settings."""
        return {}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return credentials that the vendor accepts."""
        return {}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return credentials of the right form that the vendor does not accept."""
        return {}

    def environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        """Return what the worker's environment needs; it carries the credentials of AWS's services."""
        return sandbox.proxy_environment()

    def wrong_environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        """Return the environment of a worker with wrong credentials."""
        return self.environment(sandbox)

    def empty_environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        """Return the environment of a worker without credentials."""
        return self.environment(sandbox)

    def nowhere(self, sandbox: Sandbox, port: int) -> tuple[Mapping[str, str], dict[str, Any]]:
        """Return environment and settings that lead to a port nobody listens on."""
        nobody = {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "https_proxy": f"http://127.0.0.1:{port}"}
        return {**self.environment(sandbox), **nobody}, self.settings(sandbox)

    @abstractmethod
    def content(self, record: Record) -> Any:
        """Return what reached the vendor, in the form of `arrives`."""


def find_cases() -> dict[str, Case]:
    """Return the case in each file of `cases/`, by the file's name."""
    return {module.name: _case_in(module.name) for module in pkgutil.iter_modules(cases.__path__)}


def _case_in(name: str) -> Case:
    module = importlib.import_module(f"{cases.__name__}.{name}")
    members = (member for member in vars(module).values() if isinstance(member, type))
    found = next(m for m in members if issubclass(m, Case) and m.__module__ == module.__name__)
    found.vendor = name
    return found()
