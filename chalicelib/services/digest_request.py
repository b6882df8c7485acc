"""The notification that a digest is: which of those collected it tells of, to whom and where."""

from collections.abc import Sequence
from functools import reduce
from typing import Final

from chalicelib.domain.content import NO_CONTENT
from chalicelib.domain.digest import digest_id
from chalicelib.domain.ids import RequestId, TemplateKey, TenantId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState, stop_reason
from chalicelib.domain.template import TemplateUse
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Reason, Strategy
from chalicelib.services.digest_layout import digest_content, digest_data

SENT_BY: Final = "digest"
TEMPLATE: Final = TemplateKey("digest")
"""The template that digests are filled from, where a tenant has one of this key."""

Told = tuple[NotificationRequest, NotificationState]
"""A notification that was collected."""


def is_news(state: NotificationState, now: Millis) -> bool:
    """Tell whether the recipient may still hear of a notification, and does not know it from the inbox."""
    seen = (state.read_at, state.archived_at, state.deleted_at)
    return stop_reason(state, now) is None and all(mark is None for mark in seen)


def digest_request(
    tenant: TenantId, window: str, told: Sequence[Told], template: int | None, now: Millis
) -> NotificationRequest:
    """Return the request that tells of a window: on the channels that its notifications were to go out on, to the
    newest one's recipient, until the last of them expires. `told` are one or more, the newest last. It is filled from
    that version of the tenant's template for digests, `template`, or laid out plainly where there is none.
    """
    requests = [request for request, _ in told]
    channels = [channel for _, state in told for channel in _digested(state)]
    expiries = [request.expires_at for request in requests if request.expires_at is not None]
    id = digest_id(tenant, window)
    return NotificationRequest(
        tenant=tenant,
        id=id,
        request_id=RequestId(id),
        recipient=_recipient(requests),
        content=NO_CONTENT if template else digest_content(requests[-1].category, requests),
        template=TemplateUse(key=TEMPLATE, version=template, data=digest_data(requests)) if template else None,
        category=requests[-1].category,
        priority=Priority.MEDIUM,
        strategy=Strategy.BROADCAST,
        accepted_at=now,
        sent_by=SENT_BY,
        channels=tuple(dict.fromkeys(channels)),
        expires_at=max(expiries) if len(expiries) == len(requests) else None,
        digest_of=tuple(request.id for request in requests),
    )


def _digested(state: NotificationState) -> list[Channel]:
    return [channel for channel, delivery in state.deliveries.items() if delivery.reason is Reason.DIGESTED]


def _recipient(requests: Sequence[NotificationRequest]) -> Recipient:
    """Return the newest recipient; what that one leaves open, an earlier one may say: each knew its own channels."""
    recipients = [request.recipient for request in reversed(requests)]
    return reduce(Recipient.completed_by, recipients)
