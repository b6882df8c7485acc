"""Orders: what a caller asks for, and the requests it stands for."""

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from chalicelib.domain.content import NO_CONTENT, Content
from chalicelib.domain.ids import NotificationId, PolicyId, ProviderId, RequestId, TemplateKey, TenantId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.template import TemplateUse
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Strategy

DEFAULT_CATEGORY: Final = "transactional"


class Filling(msgspec.Struct, frozen=True):
    """A template to fill, and the data for it. Without a `version` it is the published one."""

    key: TemplateKey
    data: dict[str, Any]
    version: int | None = None


class Order(msgspec.Struct, frozen=True):
    """What a caller asks for: one message to each recipient, which says its `content` or is filled from a `template`.
    The category, type and channels that it leaves open are the template's.
    """

    tenant: TenantId
    recipients: tuple[Recipient, ...]
    priority: Priority
    content: Content = NO_CONTENT
    template: Filling | None = None
    category: str | None = None
    channels: tuple[Channel, ...] = ()
    type: str | None = None
    strategy: Strategy | None = None
    providers: dict[Channel, ProviderId] | None = None
    metadata: dict[str, Any] | None = None
    expires_at: Millis | None = None
    send_at: Millis | None = None
    send_at_local: int | None = None
    policy: PolicyId | None = None
    cancellation_key: str | None = None

    @property
    def template_version(self) -> int | None:
        """The version of its template that it is to be filled from, as far as that is known."""
        return None if self.template is None else self.template.version

    def pinned_to(self, version: int | None) -> "Order":
        """Return the order, to be filled from a version of its template, if it has one."""
        return replace(self, template=self.template and replace(self.template, version=version))


class Stamp(msgspec.Struct, frozen=True):
    """What a request bears of the call that placed the order: the principal, and the id the call is followed by."""

    sent_by: str
    correlation_id: str | None


def requests_of(
    order: Order, request_id: RequestId, ids: tuple[NotificationId, ...], accepted_at: Millis, stamp: Stamp
) -> list[NotificationRequest]:
    """Return the requests that an order stands for, one for each recipient, with the ids given. The version of its
    template is known by now.
    """
    filling = order.template
    pinned = filling and filling.version
    template = TemplateUse(key=filling.key, version=pinned, data=filling.data) if filling and pinned else None
    return [
        NotificationRequest(
            tenant=order.tenant,
            id=id,
            request_id=request_id,
            recipient=recipient,
            content=order.content,
            template=template,
            category=order.category or DEFAULT_CATEGORY,
            type=order.type,
            priority=order.priority,
            accepted_at=accepted_at,
            sent_by=stamp.sent_by,
            channels=order.channels,
            strategy=order.strategy,
            providers=order.providers or {},
            metadata=order.metadata or {},
            expires_at=order.expires_at,
            send_at=order.send_at,
            send_at_local=order.send_at_local,
            policy=order.policy,
            cancellation_key=order.cancellation_key,
            batch=request_id if len(ids) > 1 else None,
            correlation_id=stamp.correlation_id,
        )
        for id, recipient in zip(ids, order.recipients, strict=True)
    ]
