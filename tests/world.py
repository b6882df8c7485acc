"""A whole Herald in memory: the real use cases on the store's twin, with fakes beyond it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalicelib.channels.base import SmsMessage
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.accept import Accept
from chalicelib.services.cancel import Cancel
from chalicelib.services.deliver import Deliver
from chalicelib.services.dispatch import Dispatch
from chalicelib.services.inbox import Inbox
from chalicelib.services.notification import Owner
from chalicelib.services.ports import NotificationRef
from chalicelib.services.sweep import Sweep
from tests.build import ACME, ID, a_request, a_tenant
from tests.fakes import FakeQueues, FakeVendor, ManualClock
from tests.twin import (
    Rows,
    TwinProviders,
    TwinRecipients,
    TwinRecords,
    TwinRequests,
    TwinStates,
    TwinSweepCursors,
    TwinTenants,
)

LEASE = 3_000
GRACE = 60_000
REF = NotificationRef(ACME, ID)
OWNER = Owner(ACME, a_request().recipient.user_type, a_request().recipient.user_id)

Wrap = Callable[[Any], Any]


@dataclass
class World:
    """The rows, the clock and the fakes that all actors share; use cases are made per actor."""

    rows: Rows = field(default_factory=Rows)
    clock: ManualClock = field(default_factory=ManualClock)
    queues: FakeQueues = field(default_factory=FakeQueues)
    vendor: FakeVendor = field(default_factory=FakeVendor)
    tenant: Tenant = field(default_factory=a_tenant)
    providers: tuple[str, ...] = ("first", "second")
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        TwinTenants(self.rows).create(self.tenant)
        for priority, name in enumerate(self.providers):
            for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH):
                id = ProviderId(name if channel is Channel.EMAIL else f"{channel}-{name}")
                config = ProviderConfig(id=id, channel=channel, vendor="fake", priority=priority)
                TwinProviders(self.rows).create(self.tenant.id, config)

    @property
    def state(self) -> NotificationState:
        """The state of the one notification most scenarios are about."""
        return self.rows.states[self.tenant.id, ID]

    def accepted(self, **changes: Any) -> NotificationRequest:
        """Store a request as if it had been accepted."""
        request = a_request(**changes)
        TwinRequests(self.rows).put(request, 0)
        return request

    def decided(self, **changes: Any) -> NotificationState:
        """Store a request and its decision."""
        request = self.accepted(**changes)
        return self.dispatch().decide(NotificationRef(request.tenant, request.id), self.clock())

    def accept(self, wrap: Wrap = lambda port: port) -> Accept:
        """Return the use case that accepts; `wrap` is put around each port that has effects."""
        return Accept(
            requests=wrap(TwinRequests(self.rows)),
            records=wrap(TwinRecords(self.rows)),
            tenants=TwinTenants(self.rows),
            providers=TwinProviders(self.rows),
            randomness=lambda size: next(self.numbers).to_bytes(size, "big"),
            concurrency=1,
        )

    def dispatch(self, wrap: Wrap = lambda port: port) -> Dispatch:
        """Return the use case that dispatches."""
        return Dispatch(
            requests=TwinRequests(self.rows),
            states=wrap(TwinStates(self.rows)),
            recipients=TwinRecipients(self.rows),
            tenants=TwinTenants(self.rows),
            providers=TwinProviders(self.rows),
            queues=wrap(self.queues),
            check_address=reachable,
            stage_vendors={},
        )

    def deliver(self, wrap: Wrap = lambda port: port, between: Callable[[], None] = lambda: None) -> Deliver:
        """Return the use case that delivers."""
        return Deliver(
            requests=TwinRequests(self.rows),
            states=wrap(TwinStates(self.rows, between)),
            recipients=TwinRecipients(self.rows),
            tenants=TwinTenants(self.rows),
            providers=TwinProviders(self.rows),
            queues=wrap(self.queues),
            caller=wrap(self.vendor),
            check_address=reachable,
            shape=lambda channel, request, recipient, tenant: SmsMessage(
                reference=request.id, to="+14155550100", text=request.content.body, segments=1
            ),
            stage_vendors={},
            clock=self.clock,
            randomness=lambda: 0.5,
            lease=LEASE,
        )

    def inbox(self, wrap: Wrap = lambda port: port) -> Inbox:
        """Return the use case of the inbox."""
        return Inbox(TwinRequests(self.rows), wrap(TwinStates(self.rows)))

    def cancel(self, wrap: Wrap = lambda port: port) -> Cancel:
        """Return the use case that cancels."""
        return Cancel(TwinRequests(self.rows), wrap(TwinStates(self.rows)), TwinTenants(self.rows))

    def sweep(self) -> Sweep:
        """Return the use case that sweeps."""
        return Sweep(
            requests=TwinRequests(self.rows),
            states=TwinStates(self.rows),
            cursors=TwinSweepCursors(self.rows),
            queues=self.queues,
            grace=GRACE,
        )


def reachable(channel: Channel, recipient: Recipient) -> Reason | None:
    """Check addresses by their presence alone."""
    address = {
        Channel.EMAIL: recipient.email,
        Channel.SMS: recipient.phone,
        Channel.PUSH: recipient.device_tokens,
        Channel.IN_APP: recipient.user_id,
    }[channel]
    return None if address else Reason.MISSING_ADDRESS
