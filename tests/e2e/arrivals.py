"""Times to come, and what has become by now of what was sent for them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from infra.cli.api import Api
from infra.cli.waiting import eventually
from infra.local.sandbox.records import Record
from tests.e2e.conftest import Herald, Person, User
from tests.e2e.tenants import Tenant

PHONE = "+14155550123"
INBOX = "/api/v1/users/me/notifications"
PREFERENCES = "/api/v1/users/me/preferences"
CANCEL = "/api/v1/services/notifications/cancel"
IN_TIME = 60.0
MAILERS = ("sendgrid", "smtp")

T = TypeVar("T")
S = TypeVar("S")


def iso(moment: float) -> str:
    """Return a time in epoch seconds as the API takes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def in_a_while(seconds: float) -> str:
    """Return a time to come as the API takes it."""
    return iso(time.time() + seconds)


def told(api: Api, id: str) -> dict[str, Any]:
    """Return how a notification and its deliveries stand right now, as its service is told."""
    tracking: dict[str, Any] = api.get(f"/api/v1/services/notifications/{id}/status")
    return tracking


def explained(api: Api, id: str) -> dict[str, Any]:
    """Return the explanation of a notification."""
    explanation: dict[str, Any] = api.get(f"/api/v1/services/notifications/{id}/explain")
    return explanation


def outcomes(api: Api, id: str) -> dict[str, tuple[str, str | None]]:
    """Return status and reason of each delivery right now, by channel."""
    return {each["channel"]: (each["status"], each.get("error")) for each in told(api, id)["deliveries"]}


def becomes(tenant: Tenant, id: str, channel: str, status: str, within: float = IN_TIME) -> None:
    """Wait until the delivery on a channel has a status."""
    eventually(
        lambda: outcomes(tenant.service, id).get(channel, ("", None))[0] == status,
        f"{channel} of {id} to be {status}",
        within,
    )


def settled(tenant: Tenant, id: str) -> dict[str, tuple[str, str | None]]:
    """Return status and reason of each delivery when nothing more happens by itself."""
    tenant.settled(id)
    return outcomes(tenant.service, id)


def texts(herald: Herald, person: Person) -> list[Record]:
    """Return the text messages about a person (whose id is in what `Tenant.send` says) that were taken."""
    return list(herald.stack.sandbox.records("twilio", contains=person.user_id, accepted=True))


def mails(herald: Herald, contains: str) -> list[Record]:
    """Return the e-mails that any vendor took and that mention a text, oldest first."""
    found = [each for v in MAILERS for each in herald.stack.sandbox.records(v, contains=contains, accepted=True)]
    return sorted(found, key=lambda record: record.at)


def choose(user: User, **preferences: Any) -> None:
    """Have a user choose their preferences, by their own token."""
    user.api.put(PREFERENCES, preferences)


def at_once(do: Callable[[T], S], each: list[T]) -> list[S]:
    """Do something with all at the same time; return the results in order."""
    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(do, each))
