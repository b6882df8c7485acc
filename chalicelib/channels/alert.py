"""Alerts: a summary for those on duty, how bad it is, and the incident that it opens, acknowledges or resolves."""

from typing import Final

from chalicelib.channels.base import AlertMessage, UnshapeableError
from chalicelib.domain.content import Severity
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Priority, Reason

SEVERITIES: Final = {
    Priority.LOW: Severity.INFO,
    Priority.MEDIUM: Severity.WARNING,
    Priority.HIGH: Severity.ERROR,
    Priority.CRITICAL: Severity.CRITICAL,
}
"""What an alert is that does not say how bad it is."""


def address_fault(_recipient: Recipient) -> None:
    """Tell that everybody can be reached: whom an alert wakes is for the alerting service to know."""


def shape(request: NotificationRequest, _recipient: Recipient, tenant: Tenant) -> AlertMessage:
    """Return the alert. Its summary is the subject, or the first line of the body.

    Raises
    ------
    UnshapeableError
        `empty_body`.
    """
    content, alert = request.content, request.content.alert
    text = content.body.strip()
    if not text:
        raise UnshapeableError(Reason.EMPTY_BODY)
    return AlertMessage(
        reference=request.id,
        action=alert.action,
        severity=alert.severity or SEVERITIES[request.priority],
        summary=" ".join((content.subject or text.splitlines()[0]).split()),
        text=text,
        source=alert.source or tenant.name,
        dedup_key=alert.dedup_key or request.id,
        link=content.action_url,
        details=alert.details,
    )
