"""The closed sets of the product's vocabulary."""

from enum import StrEnum
from typing import Self


class Channel(StrEnum):
    """A way to reach a recipient."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    WHATSAPP = "whatsapp"
    IN_APP = "in_app"
    CHAT = "chat"
    ALERT = "alert"
    WEBHOOK = "webhook"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the channel named `text`, in any letter case or by an alias (`fcm`, `database`).

        Raises
        ------
        ValueError
            When there is no such channel.
        """
        name = text.strip().lower()
        return cls(_CHANNEL_ALIASES.get(name, name))


_CHANNEL_ALIASES = {"fcm": "push", "database": "in_app"}


class Strategy(StrEnum):
    """How the channels of a notification follow each other."""

    BROADCAST = "broadcast"
    ESCALATION = "escalation"


class StopOn(StrEnum):
    """What ends an escalation: nothing more of it is sent once the notification is this."""

    READ = "read"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"


class Weekday(StrEnum):
    """A day of the week, in the order of `datetime.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Priority(StrEnum):
    """How urgent a notification is; `urgent` is accepted on input as `critical`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the priority named `text`; raises ValueError when there is none."""
        name = text.strip().lower()
        return cls("critical" if name == "urgent" else name)


class Reason(StrEnum):
    """Why a delivery was not made, or ended the way it did: stable codes for support, reports and filters."""

    TENANT_SUSPENDED = "tenant_suspended"
    CHANNEL_DISABLED = "channel_disabled"
    MISSING_ADDRESS = "missing_address"
    INVALID_ADDRESS = "invalid_address"
    NO_PROVIDER = "no_provider"
    UNKNOWN_PROVIDER = "unknown_provider"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NOT_IN_POLICY = "not_in_policy"
    SUPPRESSED_ADDRESS = "suppressed_address"
    PREFERENCE_OFF = "preference_off"
    DO_NOT_DISTURB = "do_not_disturb"
    QUIET_HOURS = "quiet_hours"
    FREQUENCY_CAPPED = "frequency_capped"
    BUDGET_EXCEEDED = "budget_exceeded"
    DIGESTED = "digested"
    READ = "read_before_escalation"
    DELIVERED = "delivered_before_escalation"
    ACKNOWLEDGED = "acknowledged_before_escalation"
    REFUSED = "refused_by_provider"
    MISCONFIGURED = "provider_misconfigured"
    RETRIES_EXHAUSTED = "retries_exhausted"
    OUTCOME_UNKNOWN = "outcome_unknown"
    WORKER_DIED = "worker_died"
    TEMPLATE_ERROR = "template_error"
    EMPTY_BODY = "empty_body"
    NOT_A_MESSAGE = "not_a_message"
    CONTROL_CHARACTERS = "control_characters"
    SUBJECT_TOO_LONG = "subject_too_long"
    TEXT_TOO_LONG = "text_too_long"
    TOO_MANY_SEGMENTS = "too_many_segments"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    INVALID_TTL = "invalid_ttl"
    INVALID_SENDER = "invalid_sender"
    ATTACHMENT_MISSING = "attachment_missing"
    ATTACHMENT_TOO_LARGE = "attachment_too_large"


class Role(StrEnum):
    """What a person may be (`cognito:groups` or the claim an issuer's mapping names)."""

    ADMIN = "notification-admin"
    MANAGER = "notification-manager"
    USER = "notification-user"
    SERVICE = "notification-service"
    VIEWER = "notification-viewer"
    PLATFORM_ADMIN = "platform-admin"


class Scope(StrEnum):
    """What a service account may do."""

    SEND = "herald/send"
    READ = "herald/read"
    BULK = "herald/bulk"
    ADMIN = "herald/admin"
