"""The body of FCM's messages:send: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages."""

from typing import Any, Literal

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a message: what FCM does not document, it refuses."""


class Notification(Part, frozen=True):
    """What the device shows."""

    title: str = ""
    body: str = ""
    image: str = ""


class Android(Part, frozen=True):
    """Options for Android."""

    collapse_key: str = ""
    priority: Literal["normal", "high", "NORMAL", "HIGH"] = "normal"
    ttl: str | None = None
    restricted_package_name: str = ""
    data: dict[str, str] = {}
    notification: dict[str, Any] = {}
    fcm_options: dict[str, str] = {}
    direct_boot_ok: bool = False
    bandwidth_constrained_ok: bool = False
    restricted_satellite_ok: bool = False


class Webpush(Part, frozen=True):
    """Options for browsers."""

    headers: dict[str, str] = {}
    data: dict[str, str] = {}
    notification: dict[str, Any] = {}
    fcm_options: dict[str, str] = {}


class Apns(Part, frozen=True):
    """Options for Apple's devices."""

    headers: dict[str, str] = {}
    payload: dict[str, Any] = {}
    fcm_options: dict[str, str] = {}
    live_activity_token: str = ""


class Message(Part, frozen=True):
    """What is sent, and to which one of token, fid, topic and condition."""

    name: str = ""
    data: dict[str, str] = {}
    notification: Notification = Notification()
    android: Android = Android()
    webpush: Webpush = Webpush()
    apns: Apns = Apns()
    fcm_options: dict[str, str] = {}
    token: str | None = None
    fid: str | None = None
    topic: str | None = None
    condition: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets that are set."""
        return tuple(name for name in ("token", "fid", "topic", "condition") if getattr(self, name))

    @property
    def payload_size(self) -> int:
        """The bytes of what is shown and handed to the app, keys and values."""
        shown = self.notification
        texts = [shown.title, shown.body, shown.image, *self.data, *self.data.values()]
        return sum(len(text.encode()) for text in texts)


class Send(Part, frozen=True):
    """The whole request."""

    message: Message
    validate_only: bool = False
