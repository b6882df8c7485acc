"""Starts, asks and steers a sandbox: for tests and for the command line."""

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import msgspec

from infra.local import mail
from infra.local.sandbox.accounts import read_accounts
from infra.local.sandbox.certificates import bundle_of
from infra.local.sandbox.faults import Fault
from infra.local.sandbox.folder import Folder, Ports, Process
from infra.local.sandbox.records import Query, Record

_ROOT: Final = Path(__file__).parents[3]
_HOST: Final = "127.0.0.1"
_NO_PROXY: Final = "localhost,127.0.0.1,::1,.localhost,amazonaws.com"
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 10
_ANSWER_SECONDS: Final = 10.0


class NotStartedError(Exception):
    """The sandbox does not listen; the message ends with its log."""


@dataclass(frozen=True)
class Sandbox:
    """The sandbox of a folder, running or not. Accounts and certificates of a folder survive restarts."""

    root: Path

    @property
    def folder(self) -> Folder:
        """Its files."""
        return Folder(self.root.absolute())

    def start(self, ports: Ports | None = None) -> None:
        """Start it on these ports, by default on free ones, and wait until it listens; raises NotStartedError.

        The one that still runs in this folder is stopped before.
        """
        self.stop()
        self.root.mkdir(parents=True, exist_ok=True)
        self.folder.process.unlink(missing_ok=True)
        numbers = msgspec.to_builtins(ports or Ports())
        arguments = [str(self.folder.root), *(f"--{name}={number}" for name, number in numbers.items())]
        with self.folder.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.sandbox", *arguments],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while self.folder.read_process() is None:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise NotStartedError(f"The vendor sandbox did not start:\n{self.folder.log.read_text()[-4_000:]}")
            time.sleep(0.02)

    def stop(self) -> bool:
        """Stop it and wait until its ports are free; False when it was not running."""
        running = self._running()
        if running is None:
            return False
        deadline = time.monotonic() + _STOP_SECONDS
        os.kill(running.pid, signal.SIGTERM)
        while self._running() is not None:
            if time.monotonic() > deadline:
                os.kill(running.pid, signal.SIGKILL)
            time.sleep(0.02)
        return True

    def is_healthy(self) -> bool:
        """Whether it answers."""
        return self._running() is not None

    @property
    def ports(self) -> Ports:
        """Where it listens; raises NotStartedError."""
        process = self.folder.read_process()
        if process is None:
            raise NotStartedError(f"No vendor sandbox runs in {self.root}.")
        return process.ports

    @property
    def proxy_url(self) -> str:
        """The proxy that SDKs go through."""
        return f"http://{_HOST}:{self.ports.proxy}"

    @property
    def control_url(self) -> str:
        """The control API; `/records` below it shows what reached the vendors."""
        return f"http://{_HOST}:{self.ports.control}"

    @property
    def ca_bundle(self) -> Path:
        """The certificate authorities to trust: the usual ones, and the sandbox's."""
        return bundle_of(self.folder.authority)

    @property
    def accounts(self) -> dict[str, dict[str, Any]]:
        """By vendor the credentials it accepts, under the names of Herald's provider settings."""
        return read_accounts(self.folder.accounts)

    def proxy_environment(self) -> dict[str, str]:
        """Return the variables that lead SDKs to the sandbox and leave AWS and this machine alone."""
        proxies = {"https_proxy": self.proxy_url, "no_proxy": _NO_PROXY}
        bundle = str(self.ca_bundle)
        trust = {"REQUESTS_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle}
        return {**proxies, **{name.upper(): value for name, value in proxies.items()}, **trust}

    def records(
        self,
        vendor: str | None = None,
        *,
        contains: str = "",
        accepted: bool | None = None,
        at_least: int = 0,
        within: float = 0.0,
    ) -> tuple[Record, ...]:
        """Return what reached the vendors, oldest first, once there are `at_least` or `within` seconds passed."""
        query = Query(vendor=vendor, contains=contains, accepted=accepted, at_least=at_least, within=within)
        parameters = {
            k: msgspec.json.encode(v).decode().strip('"')
            for k, v in msgspec.to_builtins(query).items()
            if v is not None
        }
        found = self._ask("GET", f"/records?{urllib.parse.urlencode(parameters)}", wait=within)
        return msgspec.json.decode(found, type=tuple[Record, ...])

    def mails(self, contains: str = "") -> tuple[EmailMessage, ...]:
        """Return the messages that came by SMTP, oldest first, parsed back."""
        records = self.records(mail.VENDOR, contains=contains, accepted=True)
        files = [self.folder.mail / record.body["file"] for record in records]
        return tuple(mail.parse_mail(file.read_bytes()) for file in files)

    def fault(self, fault: Fault) -> None:
        """Make requests fail from now on."""
        self._ask("POST", "/faults", msgspec.json.encode(fault))

    def clear_faults(self) -> None:
        """Let requests succeed again."""
        self._ask("DELETE", "/faults")

    def clear(self) -> None:
        """Forget records, mail and faults."""
        self._ask("DELETE", "/faults")
        self._ask("DELETE", "/records")

    def _running(self) -> Process | None:
        """Return the process, if what was announced still answers as that process."""
        announced = self.folder.read_process()
        if announced is None:
            return None
        try:
            answering = msgspec.json.decode(_request(announced.ports.control, "GET", "/health"), type=Process)
        except OSError:
            return None
        return announced if answering.pid == announced.pid else None

    def _ask(self, method: str, path: str, body: bytes | None = None, wait: float = 0.0) -> bytes:
        return _request(self.ports.control, method, path, body, wait)


def _request(port: int, method: str, path: str, body: bytes | None = None, wait: float = 0.0) -> bytes:
    """Make a request to the control API; no proxy of the environment comes between. Raises ValueError if refused."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=_ANSWER_SECONDS + wait)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= http.HTTPStatus.BAD_REQUEST:
        raise ValueError(content.decode())
    return content
