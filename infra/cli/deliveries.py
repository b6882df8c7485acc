"""Deliveries as the API tells of them, typed, and watched until they are settled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from rich.table import Table
from rich.text import Text

from chalicelib.domain.delivery import OPEN, DeliveryStatus
from infra.cli.api import Api
from infra.cli.console import cut, table

ONE: Final = "/api/v1/services/notifications/{id}"
ARRIVED: Final = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED})


@dataclass(frozen=True)
class Delivery:
    """One notification on one channel. `took`: from accepting to the vendor's, or the inbox's, yes, in ms.

    `error` is why it was not made or ended as it did, `code` the vendor's last word on it.
    """

    channel: str
    status: DeliveryStatus
    provider: str
    attempts: int
    took: int | None
    error: str | None = None
    code: str | None = None

    @classmethod
    def undecided(cls, channel: str) -> Self:
        """Return a delivery that was asked for and is not decided yet."""
        return cls(channel, DeliveryStatus.QUEUED, provider="", attempts=0, took=None)

    @classmethod
    def of(cls, accepted_at: datetime, told: dict[str, Any]) -> Self:
        """Return a delivery as the API's JSON tells of it."""
        tried = told["attempts"]
        provider = tried[-1]["provider"] if tried else next(iter(told["providers"]), "")
        arrived = told.get("sentAt") or told.get("deliveredAt")
        return cls(
            channel=told["channel"],
            status=DeliveryStatus(told["status"]),
            provider=provider,
            attempts=told["attemptCount"],
            took=round((datetime.fromisoformat(arrived) - accepted_at).total_seconds() * 1_000) if arrived else None,
            error=told.get("error"),
            code=tried[-1].get("code") if tried else None,
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status not in OPEN

    @property
    def trouble(self) -> str | None:
        """Why it has not arrived: the vendor's word, or ours."""
        return None if self.has_arrived else self.code or self.error

    @property
    def has_arrived(self) -> bool:
        """Whether the vendor took it, or it lies in the inbox."""
        return self.status in ARRIVED


@dataclass
class Tracked:
    """A notification that is being watched, with its deliveries as last seen."""

    id: str
    title: str
    accepted_at: datetime
    channels: tuple[str, ...] = ()
    status: str = "accepted"
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether it was decided and each delivery has ended."""
        return self.status != "accepted" and all(delivery.is_settled for delivery in self.deliveries)

    def on(self, channel: str) -> Delivery:
        """Return the delivery on a channel, also before it was decided."""
        found = (delivery for delivery in self.deliveries if delivery.channel == channel)
        return next(found, Delivery.undecided(channel))

    def look(self, api: Api) -> None:
        """See how it stands now."""
        told = api.get(f"{ONE.format(id=self.id)}/status")
        self.status = told["status"]
        self.deliveries = [Delivery.of(self.accepted_at, delivery) for delivery in told["deliveries"]]


def find(api: Api, id: str) -> Tracked:
    """Return a notification by its id; ProblemError when there is none."""
    told = api.get(ONE.format(id=id))
    content = told.get("content", {})
    return Tracked(
        id=told["id"],
        title=content.get("subject") or told.get("type") or content.get("body") or told["template"]["key"],
        accepted_at=datetime.fromisoformat(told["acceptedAt"]),
        channels=tuple(told["channels"]),
    )


def look_all(api: Api, notifications: Iterable[Tracked]) -> None:
    """See how those stand now that may still change."""
    for notification in notifications:
        if not notification.is_settled:
            notification.look(api)


def delivery_table(notifications: Iterable[Tracked]) -> Table:
    """Return a row for each delivery."""
    columns = ("accepted", "notification", "channel", "provider", "tries", "status", "after")
    rows = table(*columns, right=("tries", "after"), flexible=("notification",))
    for notification in notifications:
        when = notification.accepted_at.astimezone().strftime("%H:%M:%S")
        named = cut(notification.title)
        if not notification.deliveries:
            rows.add_row(when, named, "", "", "", shown_status(notification.status), "")
        for delivery in notification.deliveries:
            rows.add_row(when, named, *_cells(delivery))
            when, named = "", Text("")
    return rows


def shown_status(status: str, trouble: str | None = None) -> Text:
    """Return a status in its color, with what troubles it."""
    style = {"delivered": "green", "sent": "green", "failed": "red", "unknown": "yellow"}.get(status, "dim")
    return Text(f"{status}: {trouble}" if trouble else status, style)


def milliseconds(took: int | None) -> str:
    """Return a duration for people."""
    return "" if took is None else f"{took} ms"


def _cells(delivery: Delivery) -> tuple[str | Text, ...]:
    status = shown_status(delivery.status, delivery.trouble)
    return delivery.channel, delivery.provider, str(delivery.attempts), status, milliseconds(delivery.took)
