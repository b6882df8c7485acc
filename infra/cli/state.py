"""What a local stack remembers of itself between commands, in `.local/<name>/state.json`."""

from pathlib import Path

import msgspec

from infra.deployed import Deployed
from infra.local.sandbox.folder import Ports


class SampleUser(msgspec.Struct, frozen=True):
    """A user as seeded: `id` is the `sub` of their tokens, and so the `userId` to send to."""

    id: str
    user_type: str
    email: str
    tenant: str | None = None


class Samples(msgspec.Struct, frozen=True):
    """The ids of the sample data: users and services (their client ids) by name."""

    users: dict[str, SampleUser] = msgspec.field(default_factory=dict)
    services: dict[str, str] = msgspec.field(default_factory=dict)


class State(msgspec.Struct, frozen=True):
    """A local stack: the port of MiniStack, those of the sandbox, what the deployment put out, what was seeded.

    Each part keeps its process id in a file of its own, beside its log.
    """

    port: int
    sandbox: Ports = Ports()
    outputs: Deployed | None = None
    samples: Samples = msgspec.field(default_factory=Samples)


def read_state(file: Path) -> State | None:
    """Return the state in `file`, None when there is none, or one of another version of Herald."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=State)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_state(file: Path, state: State) -> None:
    """Store the state, at once or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2))
    fresh.replace(file)
