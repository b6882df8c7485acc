"""A worker with one provider configured, in an environment of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.channels.base import Message
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig, ProviderResult
from chalicelib.providers.base import Timeouts
from chalicelib.providers.caller import Caller
from chalicelib.providers.guard import HostGuard
from infra.local.sandbox.client import Sandbox
from tests.build import ACME, a_tenant
from tests.contract.case import Case
from tests.unit.providers.fake_vault import FakeVault

PATIENT = Timeouts(connect=20.0, read=20.0)
"""No test of a busy machine ends by these."""
IMPATIENT = Timeouts(connect=5.0, read=1.5)
TOO_SLOW = 4.0
VAULT = FakeVault()


@dataclass
class Worker:
    case: Case
    sandbox: Sandbox
    timeouts: Timeouts

    def __post_init__(self) -> None:
        self.caller = Caller(VAULT, self.timeouts, HostGuard(["*"]))

    def send(self, message: Message | None = None, **changes: Any) -> ProviderResult:
        """Send the case's message, or another, by the case's provider, or one configured otherwise."""
        fields: dict[str, Any] = {
            "id": ProviderId("primary"),
            "channel": self.case.channel,
            "vendor": self.case.vendor,
            "settings": self.case.settings(self.sandbox),
            "credentials": seal(self.case.credentials(self.sandbox)),
        }
        return self.caller.call(a_tenant(), ProviderConfig(**(fields | changes)), message or self.case.message)


def seal(credentials: Mapping[str, Any]) -> bytes | None:
    """Return credentials as they are stored, None when there are none."""
    return VAULT.seal(ACME, credentials) if credentials else None
