"""Where a sandbox keeps its files, and how its process says where it listens."""

from dataclasses import dataclass
from pathlib import Path

import msgspec


class Ports(msgspec.Struct, frozen=True):
    """The ports of a sandbox on 127.0.0.1; 0 lets the system choose."""

    proxy: int = 0
    control: int = 0
    smtp: int = 0
    smtps: int = 0


class Process(msgspec.Struct, frozen=True):
    """A running sandbox."""

    pid: int
    ports: Ports


@dataclass(frozen=True)
class Folder:
    """A sandbox's files under `root`."""

    root: Path

    @property
    def accounts(self) -> Path:
        """The credentials that the vendors accept."""
        return self.root / "accounts.json"

    @property
    def authority(self) -> Path:
        """The local certificate authority."""
        return self.root / "ca"

    @property
    def mail(self) -> Path:
        """The messages that came by SMTP."""
        return self.root / "mail"

    @property
    def log(self) -> Path:
        """What the process has to say."""
        return self.root / "sandbox.log"

    @property
    def process(self) -> Path:
        """Which process runs, while one does."""
        return self.root / "process.json"

    def empty_mail(self) -> None:
        """Have a place for messages, and none in it."""
        self.mail.mkdir(parents=True, exist_ok=True)
        for file in self.mail.iterdir():
            file.unlink()

    def announce(self, process: Process) -> None:
        """Say which process listens where; readers never see half of it."""
        draft = self.process.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(process))
        draft.replace(self.process)

    def read_process(self) -> Process | None:
        """Return what was announced, None when nothing was."""
        try:
            return msgspec.json.decode(self.process.read_bytes(), type=Process)
        except FileNotFoundError:
            return None
