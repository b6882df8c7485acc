"""What only an alert has, as it is written in a send."""

from pydantic import Field

from chalicelib.api.fields import FreeData
from chalicelib.api.models import Body, Line
from chalicelib.domain.content import NO_ALERT, AlertAction, AlertContent, Severity


class AlertBody(Body):
    """What only an alert has.

    Alerts of one `dedupKey` are one incident, which `acknowledge` and `resolve` name; without one an alert is its own.
    Without a `severity` it follows from the priority, without a `source` it is about the tenant. `details` are shown
    beside the text: up to 4096 bytes of JSON.
    """

    severity: Severity | None = None
    action: AlertAction = AlertAction.TRIGGER
    dedup_key: Line | None = None
    source: Line | None = None
    details: FreeData = Field(default_factory=dict)


def alert_content(body: AlertBody | None) -> AlertContent:
    """Return what `body` says of an alert."""
    return NO_ALERT if body is None else AlertContent(**dict(body))
