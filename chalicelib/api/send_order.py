"""From the body of a send to the order it places."""

from typing import Final

from chalicelib.api.send_body import ContentBody, SendBody
from chalicelib.api.send_rules import Send, faults_of_send, placed_recipients
from chalicelib.domain.content import (
    NO_ALERT,
    NO_CHAT,
    NO_CONTENT,
    NO_EMAIL,
    NO_PUSH,
    NO_SMS,
    NO_WHATSAPP,
    Content,
    SmsContent,
)
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.ids import PolicyId, ProviderId, TemplateKey
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Strategy
from chalicelib.services.order import Filling, Order

MOST_HTML: Final = 150_000
"""Bytes of sanitized HTML, which may have grown: with all else of a body it has to fit into one item (400 KB)."""


def to_order(body: SendBody, tenant: Tenant, now: Millis) -> Order:
    """Return the order that `body` places for `tenant` at `now`.

    Raises
    ------
    InvalidInputError
        It breaks rules; the faults name them all.
    """
    faults = faults_of_send(Send(body, tenant, now))
    if faults:
        raise InvalidInputError(faults=faults)
    return Order(
        tenant=tenant.id,
        recipients=tuple(recipient for _, recipient in placed_recipients(body)),
        content=NO_CONTENT if body.template else _content(body, tenant),
        template=_filling(body),
        category=body.category,
        priority=body.priority or body.notification_priority or Priority.MEDIUM,
        channels=_channels(body),
        type=body.type,
        strategy=_strategy(body),
        providers={channel: ProviderId(name) for channel, name in body.provider.items()},
        metadata=body.metadata,
        expires_at=None if body.expires_at is None else Millis(body.expires_at),
        send_at=None if body.send_at is None else Millis(body.send_at),
        send_at_local=body.send_at_local,
        policy=None if body.escalation is None else PolicyId(body.escalation.policy),
        cancellation_key=body.cancellation_key,
    )


def _filling(body: SendBody) -> Filling | None:
    return None if body.template is None else Filling(key=TemplateKey(body.template.key), data=body.template.data)


def _strategy(body: SendBody) -> Strategy | None:
    """Return the strategy asked for: whoever names a policy asks for an escalation."""
    chosen = body.strategy or body.delivery_strategy
    return Strategy.ESCALATION if chosen is None and body.escalation is not None else chosen


def _channels(body: SendBody) -> tuple[Channel, ...]:
    if body.channel is not None:
        return (body.channel,)
    return tuple(dict.fromkeys(body.channels or ()))


def _content(body: SendBody, tenant: Tenant) -> Content:
    if body.content is None:
        return Content(subject=body.subject, body=body.body or body.message or "")
    content = body.content
    return Content(
        subject=content.subject,
        body=content.body,
        html=_html(content, tenant),
        action_url=content.action_url,
        email=NO_EMAIL if content.email is None else content.email.content(),
        push=NO_PUSH if content.push is None else content.push.content(),
        sms=NO_SMS if content.sms is None else SmsContent(truncate=content.sms.truncate),
        chat=NO_CHAT if content.chat is None else content.chat.content(),
        alert=NO_ALERT if content.alert is None else content.alert.content(),
        whatsapp=NO_WHATSAPP if content.whatsapp is None else content.whatsapp.content(),
    )


def _html(content: ContentBody, tenant: Tenant) -> str | None:
    if content.html is None:
        return None
    from chalicelib.rendering.html_weight import HtmlError
    from chalicelib.rendering.sanitize import sanitize

    try:
        html = sanitize(content.html, tenant.settings.url_schemes)
    except HtmlError as error:
        raise _unusable_html("too_large", str(error)) from error
    if len(html.encode()) > MOST_HTML:
        raise _unusable_html("too_long", f"Sanitized, it may have {MOST_HTML} bytes")
    return html or None


def _unusable_html(code: str, detail: str) -> InvalidInputError:
    return InvalidInputError(faults=[Fault(pointer="/content/html", code=code, detail=detail)])
