"""The body of SendGrid's mail/send.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send#request-body
"""

from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Part of a request: what SendGrid does not document, it refuses."""


class Address(Part, frozen=True):
    """An e-mail address and whose it is."""

    email: str
    name: str = ""


class Personalization(Part, frozen=True, rename={"sender": "from"}):
    """One envelope: who gets the mail, and what is different for them."""

    to: list[Address] = []
    cc: list[Address] = []
    bcc: list[Address] = []
    sender: Address | None = None
    subject: str | None = None
    headers: dict[str, str] = {}
    substitutions: dict[str, str] = {}
    dynamic_template_data: dict[str, Any] = {}
    custom_args: dict[str, str] = {}
    send_at: int | None = None

    @property
    def recipients(self) -> list[Address]:
        """Everybody who gets it."""
        return [*self.to, *self.cc, *self.bcc]


class Content(Part, frozen=True):
    """The mail in one media type."""

    type: str
    value: str


class Attachment(Part, frozen=True):
    """A file, base64 encoded."""

    content: str
    filename: str
    type: str = "application/octet-stream"
    disposition: str = "attachment"
    content_id: str | None = None


class Switch(Part, frozen=True):
    """Something on or off."""

    enable: bool = False


class Tracking(msgspec.Struct, frozen=True):
    """One kind of tracking, with options that Herald never sets."""

    enable: bool = False
    enable_text: bool = False


class MailSettings(Part, frozen=True):
    """How the mail is handled."""

    sandbox_mode: Switch = Switch()
    bypass_list_management: Switch = Switch()
    bypass_spam_management: Switch = Switch()
    bypass_bounce_management: Switch = Switch()
    bypass_unsubscribe_management: Switch = Switch()
    footer: dict[str, Any] = {}


class TrackingSettings(Part, frozen=True):
    """What SendGrid rewrites to learn of opens and clicks."""

    click_tracking: Tracking = Tracking()
    open_tracking: Tracking = Tracking()
    subscription_tracking: Tracking = Tracking()
    ganalytics: Tracking = Tracking()


class Unsubscribe(Part, frozen=True):
    """The unsubscribe groups."""

    group_id: int
    groups_to_display: list[int] = []


class Mail(Part, frozen=True, rename={"sender": "from"}):
    """The whole request."""

    personalizations: list[Personalization] = []
    sender: Address | None = None
    reply_to: Address | None = None
    reply_to_list: list[Address] = []
    subject: str | None = None
    content: list[Content] = []
    attachments: list[Attachment] = []
    template_id: str | None = None
    headers: dict[str, str] = {}
    categories: list[str] = []
    custom_args: dict[str, str] = {}
    send_at: int | None = None
    batch_id: str | None = None
    asm: Unsubscribe | None = None
    ip_pool_name: str | None = None
    mail_settings: MailSettings = MailSettings()
    tracking_settings: TrackingSettings = TrackingSettings()
    sections: dict[str, str] = {}
