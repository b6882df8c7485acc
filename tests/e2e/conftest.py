"""The deployed stack under AWS's real nature: roles enforced, semantics on, every key inside its tenant."""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.cli.api import Api
from infra.cli.booting import Options
from infra.cli.deliveries import Delivery, Tracked, find
from infra.cli.identity import Login
from infra.cli.samples import PASSWORD
from infra.cli.stack import LocalStack
from infra.cli.waiting import eventually
from infra.local.sandbox.faults import Fault
from tests.aws_semantics.hooks.deaths import VARIABLE, Order
from tests.aws_semantics.record import read_record
from tests.aws_semantics.switch import environment
from tests.e2e.keycloak import Keycloak, keycloak_on_loopback

SEED = os.environ.get("HERALD_SEED", "7")
"""Of the semantics' dice: another one brings other accidents."""
SETTLED_WITHIN = 60.0
VISIBILITY_SECONDS = 6
SEND = "/api/v1/services/notifications/send"
STAGE_PROVIDERS = {"email": "ses", "sms": "sns"}
"""What the stage offers to tenants that have no provider of their own on a channel, as AWS stages do."""


@dataclass
class Person:
    """Somebody nobody else in the tests is: what arrives for them arrived by this test."""

    user_id: str = field(default_factory=lambda: f"user-{uuid.uuid4().hex[:12]}")

    @property
    def email(self) -> str:
        return f"{self.user_id}@example.com"

    def as_recipient(self, **changes: Any) -> dict[str, Any]:
        """Return the person as a send names them."""
        return {"userId": self.user_id, "userType": "customer", "email": self.email} | changes


@dataclass(kw_only=True)
class User(Person):
    """A person who logs in. `api` is the API as they call it, with their own token."""

    api: Api


@dataclass
class Herald:
    """A deployed stack, and what tests do with it all the time."""

    stack: LocalStack
    deaths: Path
    keycloak: Keycloak

    @property
    def orders(self) -> Api:
        """The API as acme's order service."""
        return self.stack.as_service("orders")

    @property
    def admin(self) -> Api:
        """The API as acme's administrator."""
        return self.stack.as_user("acme-admin")

    def new_user(self, tenant: str = "acme", role: str = "notification-user") -> User:
        """Let somebody new join the user pool and log in."""
        name = f"login-{uuid.uuid4().hex[:12]}"
        identity = self.stack.identity
        identity.ensure_user(Login(name, f"{name}@example.com", (role,), "customer", tenant), PASSWORD)
        api = Api(self.stack.outputs.api_url, identity.user_token(name, PASSWORD))
        return User(identity.user_id(name), api=api)

    def send(self, person: Person, **changes: Any) -> str:
        """Send a transactional message by e-mail, unless told otherwise; return the notification's id."""
        body: dict[str, Any] = {
            "recipients": [person.as_recipient()],
            "channels": ["email"],
            "category": "transactional",
            "content": {"subject": "Hello", "body": "It is on its way."},
        }
        answer = self.orders.post(SEND, body | changes)
        id: str = answer["notifications"][0]["id"]
        return id

    def settled(self, id: str, within: float = SETTLED_WITHIN) -> Tracked:
        """Return a notification when nothing more happens to it by itself."""
        return settled(self.orders, id, within)

    def delivery(self, id: str, channel: str = "email", within: float = SETTLED_WITHIN) -> Delivery:
        """Return the settled delivery of a notification on a channel."""
        [found] = [delivery for delivery in self.settled(id, within).deliveries if delivery.channel == channel]
        return found

    def arrived(self, person: Person) -> int:
        """Return how many e-mails any vendor accepted for a person."""
        vendors = ("sendgrid", "smtp")
        return sum(len(self.stack.sandbox.records(v, contains=person.email, accepted=True)) for v in vendors)

    def fail(self, person: Person, **fault: Any) -> None:
        """Have a vendor fail what is meant for a person."""
        self.stack.sandbox.fault(Fault(contains=person.user_id, **fault))

    def order_death(self, function: str, operation: str, when: str, *contains: str) -> Path:
        """Order a process to die at a call; the file returned is gone when it did."""
        return Order(function, operation, when, contains).write(self.deaths, uuid.uuid4().hex)


def settled(api: Api, id: str, within: float = SETTLED_WITHIN) -> Tracked:
    """Return a notification, as a service of its tenant sees it, when nothing more happens to it by itself."""
    tracked = find(api, id)

    def look() -> bool:
        tracked.look(api)
        return tracked.is_settled

    eventually(look, f"{id} to be settled", within)
    return tracked


@pytest.fixture(scope="session")
def herald(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Herald]:
    """Herald on a stack of its own. No test of the session may have broken a rule of AWS, or of isolation."""
    folder = tmp_path_factory.mktemp("stack")
    deaths, record = folder / "deaths", folder / "semantics.jsonl"
    deaths.mkdir()
    with keycloak_on_loopback() as keycloak:
        options = Options(
            environment=environment(SEED, record) | {"AUTH": "true", VARIABLE: str(deaths)},
            parameters={
                "MoreIssuers": f",{json.dumps(keycloak.as_configured)}",
                "DefaultProviders": json.dumps(STAGE_PROVIDERS),
            },
        )
        with LocalStack.running(folder, options) as stack:
            shorten_visibility(stack)
            yield Herald(stack, deaths, keycloak)
    assert read_record(record).violations == []


def shorten_visibility(stack: LocalStack) -> None:
    """Have undone messages come again soon: later than a function may run (5 s) or a lease last (3 s)."""
    outputs, sqs = stack.outputs, stack.cloud.client("sqs")
    for url in (outputs.dispatch_queue_url, *(lane.queue for lane in outputs.lanes.values())):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)})


@pytest.fixture
def person() -> Person:
    """Somebody new."""
    return Person()


@pytest.fixture
def user(herald: Herald) -> User:
    """Somebody new who logs in."""
    return herald.new_user()
