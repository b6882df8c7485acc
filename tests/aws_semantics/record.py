"""What the hooks did, and what they caught, in memory and in a file that all processes of a stack append to."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.aws_semantics.dice import process_name


class Kind(StrEnum):
    """Whether AWS's nature was shown, or code was caught breaking a rule."""

    EFFECT = "effect"
    VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `process` is the Lambda function, empty elsewhere."""

    kind: Kind
    semantic: str
    operation: str
    detail: str
    process: str


class ViolationError(Exception):
    """Code broke a rule that the emulator would have let pass."""


@dataclass(slots=True)
class Record:
    """Entries of this process; with a `path`, written there too, one JSON object a line."""

    path: Path | None = None
    entries: list[Entry] = field(default_factory=list)

    def note(self, kind: Kind, semantic: str, operation: str, detail: str) -> None:
        """Add an entry."""
        entry = Entry(kind, semantic, operation, detail, process_name())
        self.entries.append(entry)
        if self.path is not None:
            # A short append is atomic, so processes do not tear each other's lines.
            with self.path.open("a") as file:
                file.write(json.dumps(asdict(entry)) + "\n")

    @property
    def violations(self) -> list[Entry]:
        """The rules broken."""
        return [entry for entry in self.entries if entry.kind is Kind.VIOLATION]

    def effects(self, semantic: str) -> list[Entry]:
        """Return how often, and where, a semantic took effect."""
        return [entry for entry in self.entries if entry.kind is Kind.EFFECT and entry.semantic == semantic]


def read_record(path: Path) -> Record:
    """Return what all processes have written to a file so far; nothing when there is none."""
    lines = path.read_text().splitlines() if path.exists() else []
    entries = [Entry(**{**fields, "kind": Kind(fields["kind"])}) for fields in map(json.loads, lines)]
    return Record(path, entries)
