"""All that a decision rests on, gathered before it is made."""

from collections.abc import Callable

from chalicelib.domain.allowance import Usage
from chalicelib.domain.escalation import DEFAULT_POLICY, EscalationPolicy
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import Source
from chalicelib.domain.strategy import choose_strategy
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Priority, Reason, Strategy

AddressCheck = Callable[[Channel, Recipient], Reason | None]
"""Tells why a recipient cannot be reached on a channel, or None when they can."""
Estimate = Callable[[Channel], int]
"""Tells what one message on a channel costs, in millionths of the tenant's currency."""


class Standing(Value, frozen=True):
    """What may change until the very moment of sending, and is looked at again then.

    `preferences` are the user's over the tenant's. `suppressed` are the channels whose address is on the suppression
    list. `cancelled`: a group the request belongs to was cancelled.
    """

    request: NotificationRequest
    tenant: Tenant
    preferences: Preferences = Preferences()
    suppressed: frozenset[Channel] = frozenset()
    cancelled: bool = False


class Facts(Standing, frozen=True, kw_only=True):
    """What is known when a notification is decided.

    `providers` are the tenant's for the channel, best first, or else the stage's own. `spent` is what was spent of
    each of the tenant's budgets.
    """

    recipient: Recipient
    recipient_from: Source
    providers: dict[Channel, tuple[ProviderConfig, ...]]
    check_address: AddressCheck
    now: Millis
    estimate: Estimate
    usage: Usage = Usage()
    spent: tuple[int, ...] = ()
    policy: EscalationPolicy = DEFAULT_POLICY

    @property
    def strategy(self) -> Strategy:
        """How the channels follow each other."""
        return choose_strategy(self.request, self.tenant)[0]

    @property
    def critical(self) -> bool:
        """Whether it may disturb and be sent however often."""
        return self.request.priority is Priority.CRITICAL
