"""Runs MiniStack, AWS on this machine, as a process of its own: several side by side, each with a port and a folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from infra.cloud import Cloud

DEFAULT_PORT: Final = 4566
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 10


class NotStartedError(Exception):
    """MiniStack did not get healthy; the message ends with its log."""


@dataclass(frozen=True)
class MiniStack:
    """A MiniStack on a port of the loopback, with its log, pid and files in `folder`."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def cloud(self) -> Cloud:
        """It, as AWS."""
        return Cloud(self.url)

    @property
    def log(self) -> Path:
        """What it, and the functions it runs, have to say."""
        return self.folder / "ministack.log"

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start with nothing in it and wait until it is healthy; raises NotStartedError.

        `environment` is what it, and the functions it runs, get beyond the ambient one.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True)
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                cwd=self.folder,
                env={**_ambient(), **self._settings(), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(str(process.pid))
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_healthy():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NotStartedError(f"MiniStack did not start on port {self.port}:\n{self._log_end()}")
            _pause()

    def stop(self) -> bool:
        """Stop it and the functions it runs; False when it was not running."""
        pid = self._pid()
        if pid is None:
            return False
        for kind in (signal.SIGTERM, signal.SIGKILL):
            _signal_group(pid, kind)
            deadline = time.monotonic() + _STOP_SECONDS
            while _signal_group(pid, 0) and time.monotonic() < deadline:
                _reap(pid)
                _pause()
        self._pid_file.unlink()
        return True

    def is_healthy(self) -> bool:
        """Whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2) as response:  # noqa: S310
                return bool(response.status == HTTPStatus.OK)
        except (urllib.error.URLError, OSError):
            return False

    @property
    def _pid_file(self) -> Path:
        return self.folder / "ministack.pid"

    def _settings(self) -> dict[str, str]:
        temporary = str(self.folder / "tmp")
        return {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "TMPDIR": temporary,
            "STATE_DIR": temporary,
            "S3_DATA_DIR": temporary,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "NO_PROXY": "localhost,127.0.0.1",
        }

    def _pid(self) -> int | None:
        """Return the process that we started, if it is still that process."""
        if not self._pid_file.exists():
            return None
        pid = int(self._pid_file.read_text())
        if "ministack" in _command_of(pid):
            return pid
        self._pid_file.unlink()
        return None

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def find_free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ambient() -> dict[str, str]:
    """Return this process's environment without what would lead its AWS clients elsewhere or measure it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "COV_", "COVERAGE_", "PYTEST_"))
    }


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty when there is none."""
    listed = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        return listed.read_text() if listed.exists() else ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def _signal_group(pid: int, kind: int) -> bool:
    """Signal a process and its children; False when there are none left."""
    try:
        os.killpg(pid, kind)
    except ProcessLookupError:
        return False
    return True


def _reap(pid: int) -> None:
    """Take notice of the end of a process that is a child of ours."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _pause() -> None:
    time.sleep(0.1)
