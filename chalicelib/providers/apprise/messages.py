"""What of a message goes through Apprise, and to whom."""

import re
from typing import Final

from chalicelib.channels.base import AlertMessage, ChatMessage, Message, PushMessage, SmsMessage
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.providers.apprise.service import Service

TYPES: Final = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.ERROR: "failure"}
"""Apprise's words for how bad an alert is; anything worse is a failure too."""


def targets_of(message: Message, vendor: str) -> tuple[str, ...]:
    """Return who a message is for, in the service's words."""
    match message:
        case SmsMessage():
            return (message.to,)
        case PushMessage():
            return message.tokens
        case ChatMessage() if vendor in message.targets:
            return (message.targets[vendor],)
        case _:
            return ()


def is_target(service: Service, target: str) -> bool:
    """Tell whether a target may be put into the URL."""
    return target.isprintable() and bool(re.fullmatch(service.target or ".+", target))


def words_of(message: Message) -> tuple[str, str]:
    """Return the title and the text of a message; a link that the text lacks is its last line."""
    match message:
        case SmsMessage():
            return "", message.text
        case PushMessage():
            return message.title, message.body
        case ChatMessage():
            return message.title or "", _with_link(message.text, message.link)
        case AlertMessage():
            return message.summary, _with_link(message.text, message.link)
        case _:
            return "", message.text


def type_of(message: Message) -> str:
    """Return Apprise's word for the kind of message."""
    if not isinstance(message, AlertMessage):
        return "info"
    return "success" if message.action is AlertAction.RESOLVE else TYPES.get(message.severity, "failure")


def _with_link(text: str, link: str | None) -> str:
    return text if link is None or link in text else f"{text}\n\n{link}"
