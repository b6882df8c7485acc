"""Which channels a notification is for, how they follow each other, and who says so."""

from typing import Final

from chalicelib.domain.configuration import SILENT, Level, configure
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import Source
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Priority, Strategy

IMPLIED: Final = {Priority.HIGH: Strategy.BROADCAST, Priority.LOW: Strategy.ESCALATION}
"""What a priority implies where nobody chose a strategy."""


def choose_strategy(request: NotificationRequest, tenant: Tenant) -> tuple[Strategy, Source]:
    """Return the strategy and where it comes from: critical always broadcasts; then the request says; then what the
    priority implies; then the tenant.
    """
    if request.priority is Priority.CRITICAL:
        return Strategy.BROADCAST, Source.PRIORITY
    if request.strategy is not None:
        return request.strategy, Source.REQUEST
    if request.priority in IMPLIED:
        return IMPLIED[request.priority], Source.PRIORITY
    return tenant.configuration.strategy, Source.TENANT


def asked_for(request: NotificationRequest, tenant: Tenant) -> tuple[Channel, ...]:
    """Return the channels a request is for: those it names, or else what holds for its tenant."""
    return configure(Level(channels=request.channels or None), tenant.level, SILENT, SILENT).channels
