"""The events of PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event)."""

from typing import Annotated, Any, Literal

import msgspec

Filled = Annotated[str, msgspec.Meta(min_length=1)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of an event: what PagerDuty does not document, it refuses here."""


class Payload(Part, frozen=True, rename={"kind": "class"}):
    """What is told of a problem."""

    summary: Annotated[str, msgspec.Meta(min_length=1, max_length=1_024)]
    source: Filled
    severity: Literal["critical", "error", "warning", "info"]
    timestamp: str | None = None
    component: str | None = None
    group: str | None = None
    kind: str | None = None
    custom_details: dict[str, Any] = {}


class Link(Part, frozen=True):
    """A link on the incident."""

    href: Filled
    text: str | None = None


class Image(Part, frozen=True):
    """An image on the incident, from an https address."""

    src: Annotated[str, msgspec.Meta(pattern="^https://")]
    href: str | None = None
    alt: str | None = None


class Event(Part, frozen=True):
    """An event. Those that open an incident have a payload, the others a key."""

    routing_key: str
    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: Annotated[str, msgspec.Meta(max_length=255)] = ""
    payload: Payload | None = None
    links: list[Link] = []
    images: list[Image] = []
    client: str | None = None
    client_url: str | None = None
