"""A local stack: MiniStack, the vendor sandbox with its mail sink, and Herald deployed to them.

Several run side by side, each in a folder of its own: the `herald` command's in `.local/<name>`, a test's anywhere.
Whatever process opens a folder sees the same stack.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from infra.cli.api import Api
from infra.cli.booting import DEFAULTS, Options, await_ready, release, start_ministack, wake_workers
from infra.cli.console import Step, silent
from infra.cli.errors import CommandError
from infra.cli.identity import Identity
from infra.cli.names import command_for
from infra.cli.samples import PASSWORD
from infra.cli.seeding import Seeded, seed, summary
from infra.cli.state import Samples, State, read_state, write_state
from infra.cloud import Cloud
from infra.deployed import Deployed
from infra.local import mail
from infra.local.ministack import MiniStack, find_free_port
from infra.local.sandbox.client import Sandbox
from infra.package import ROOT

STACKS: Final = ROOT / ".local"


@dataclass(frozen=True)
class Urls:
    """Where a person looks."""

    api: str
    docs: str
    health: str
    vendors: str
    mails: str


class LocalStack:
    """A stack in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = Sandbox(folder / "sandbox")
        self._file = folder / "state.json"
        self._state = read_state(self._file)

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the stack that the `herald` command calls `name`, running or not."""
        return cls(STACKS / name)

    @classmethod
    @contextmanager
    def running(cls, folder: Path, options: Options = DEFAULTS) -> Iterator[Self]:
        """Run a stack in `folder` for as long as the context lasts; nothing of it is left behind but files."""
        stack = cls(folder)
        try:
            yield stack.start(options)
        finally:
            stack.stop()

    def start(self, options: Options = DEFAULTS, step: Step = silent) -> Self:
        """Start what does not run yet, deploy the code as it is now, seed; return the stack itself.

        Raises CommandError, or what a part says: NotStartedError, DeploymentError.
        """
        self._expect(options)
        fresh = not self.is_up
        if fresh:
            self.stop()
            self._state = State(options.port or find_free_port())
        with step("MiniStack") as note:
            if fresh:
                start_ministack(self.ministack, options.environment)
            self._remember(port=self.ministack.port)
            note.text = self.ministack.url
        with step("Vendor sandbox") as note:
            if not self.sandbox.is_healthy():
                self.sandbox.start(self._known.sandbox)
            if fresh:
                self.sandbox.clear()
            self._remember(sandbox=self.sandbox.ports)
            note.text = self.sandbox.control_url
        with step("Deployment") as note:
            self._remember(outputs=release(self.folder, self.cloud, self.sandbox, options.parameters))
            note.text = self.outputs.name
        with step("Functions") as note:
            await_ready(self.outputs)
            note.text = f"API ready, {wake_workers(self.cloud)} workers awake"
        if options.seeded:
            with step("Sample data") as note:
                note.text = summary(self.seed())
        return self

    def seed(self) -> list[Seeded]:
        """Create what is missing of the sample data; return what there is of it, in order."""
        seeded, samples = seed(self.identity, self.outputs.api_url, self.sandbox)
        self._remember(samples=samples)
        return seeded

    def stop(self) -> list[str]:
        """Stop every process of the stack; return the names of the parts that ran. Logs and mails stay."""
        stops = {"MiniStack": MiniStack(0, self.folder / "ministack").stop, "vendor sandbox": self.sandbox.stop}
        stopped = [name for name, stop in stops.items() if stop()]
        self._file.unlink(missing_ok=True)
        self._state = None
        return stopped

    @property
    def is_up(self) -> bool:
        """Whether MiniStack runs, and with it all that was deployed and stored."""
        return self._state is not None and self.ministack.is_healthy()

    @property
    def is_deployed(self) -> bool:
        """Whether it runs and was deployed to at least once."""
        return self.is_up and self._known.outputs is not None

    @property
    def outputs(self) -> Deployed:
        """What the deployment put out."""
        if self._known.outputs is None:
            raise CommandError(f"The stack is not deployed. `{command_for(self.folder.name, 'up')}` does it.")
        return self._known.outputs

    @property
    def samples(self) -> Samples:
        """The ids of the sample data."""
        return self._known.samples

    @property
    def ministack(self) -> MiniStack:
        """The part that stands for AWS."""
        return MiniStack(self._known.port, self.folder / "ministack")

    @property
    def cloud(self) -> Cloud:
        """AWS as the stack sees it; `cloud.client("sqs")` is a boto3 client."""
        return self.ministack.cloud

    @property
    def identity(self) -> Identity:
        """The user pool."""
        return Identity(self.cloud, self.outputs)

    @property
    def urls(self) -> Urls:
        """Where a person looks."""
        outputs = self.outputs
        return Urls(
            api=outputs.api_url,
            docs=outputs.docs_url,
            health=f"{outputs.api_url}/health/ready",
            vendors=f"{self.sandbox.control_url}/records",
            mails=f"{self.sandbox.control_url}/records?vendor={mail.VENDOR}",
        )

    def user_token(self, name: str) -> str:
        """Return an id token of a sample user."""
        return self.identity.user_token(name, PASSWORD)

    def service_token(self, name: str = "orders") -> str:
        """Return an access token of a sample service; CommandError when there is none of this name."""
        services = self.samples.services
        if name not in services:
            raise CommandError(f"There is no sample service {name!r}, only: {', '.join(services) or 'none'}.")
        return self.identity.service_token(services[name])

    def as_user(self, name: str, tenant: str | None = None) -> Api:
        """Return the API as a sample user calls it; platform admins name the tenant they act in."""
        return Api(self.outputs.api_url, self.user_token(name), tenant)

    def as_service(self, name: str = "orders", tenant: str | None = None) -> Api:
        """Return the API as a sample service calls it; one of several tenants names the one it acts in."""
        return Api(self.outputs.api_url, self.service_token(name), tenant)

    @property
    def _known(self) -> State:
        if self._state is None:
            raise CommandError(f"No stack runs here. `{command_for(self.folder.name, 'up')}` starts one.")
        return self._state

    def _remember(self, **news: Any) -> None:
        self._state = msgspec.structs.replace(self._known, **news)
        write_state(self._file, self._state)

    def _expect(self, options: Options) -> None:
        """Raise CommandError when the stack runs, and not as `options` want it."""
        if not self.is_up:
            return
        if options.port not in (None, self.ministack.port):
            raise CommandError(
                f"It runs already, on port {self.ministack.port}. Stop it first, or choose another name."
            )
        if options.environment:
            raise CommandError("It runs already, in another environment. Stop it first.")
