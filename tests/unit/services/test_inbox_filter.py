"""What a filter of the inbox admits and lists."""

import pytest

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.state import NotificationState
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.words import Channel
from chalicelib.services.inbox_filter import InboxFilter
from tests.build import NOW, a_delivery, a_state

ARRIVED = a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}, type="order.shipped")
READ = a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}, read_at=NOW)
ARCHIVED = a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}, archived_at=NOW)
MAILED = a_state({Channel.EMAIL: a_delivery(DeliveryStatus.SENT)}, category="marketing")
CANCELLED = a_state({Channel.EMAIL: a_delivery(DeliveryStatus.CANCELLED)}, cancelled_at=NOW)
EXAMPLES = {"arrived": ARRIVED, "read": READ, "archived": ARCHIVED, "mailed": MAILED, "cancelled": CANCELLED}


@pytest.mark.parametrize(
    ("wanted", "admitted"),
    [
        (InboxFilter(), {"arrived", "read", "archived", "mailed", "cancelled"}),
        (InboxFilter(unread=True), {"arrived"}),
        (InboxFilter(unread=False), {"read", "archived", "mailed", "cancelled"}),
        (InboxFilter(archived=True), {"archived"}),
        (InboxFilter(archived=False), {"arrived", "read", "mailed", "cancelled"}),
        (InboxFilter(channel=Channel.EMAIL), {"mailed", "cancelled"}),
        (InboxFilter(category="marketing"), {"mailed"}),
        (InboxFilter(type="order.shipped"), {"arrived"}),
        (InboxFilter(status=NotificationStatus.READ), {"read"}),
        (InboxFilter(status=NotificationStatus.DELIVERED), {"arrived", "archived"}),
        (InboxFilter(status=NotificationStatus.SENT, channel=Channel.IN_APP), set()),
    ],
)
def test_what_a_filter_admits(wanted: InboxFilter, admitted: set[str]) -> None:
    assert {name for name, state in EXAMPLES.items() if wanted.admits(state)} == admitted


@pytest.mark.parametrize(
    "status",
    [DeliveryStatus.SCHEDULED, DeliveryStatus.SUPPRESSED, DeliveryStatus.CANCELLED, DeliveryStatus.EXPIRED],
)
def test_what_never_went_out_is_listed_only_when_its_status_is_asked_for(status: DeliveryStatus) -> None:
    state: NotificationState = a_state({Channel.EMAIL: a_delivery(status)})

    assert not InboxFilter().lists(state)
    assert InboxFilter(status=NotificationStatus(status)).lists(state)


def test_what_is_on_its_way_is_listed() -> None:
    assert InboxFilter().lists(a_state())


def test_what_lies_in_the_inbox_is_listed_while_the_steps_after_it_are_still_to_come() -> None:
    # Given
    steps = {
        Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED),
        Channel.SMS: a_delivery(DeliveryStatus.SCHEDULED, not_before=NOW),
    }
    # When
    escalating = a_state(steps)
    # Then
    assert InboxFilter().lists(escalating)
    assert InboxFilter(unread=True).lists(escalating)
    assert InboxFilter(status=NotificationStatus.SENT).lists(escalating)
