import pytest

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import RotaId
from chalicelib.domain.state import NotificationState, Relay
from chalicelib.domain.status import derive_status, shown_status
from chalicelib.domain.words import Channel, Reason
from tests.build import NOW, a_delivery, a_state

CHANNELS = {"e": Channel.EMAIL, "s": Channel.SMS, "i": Channel.IN_APP}

EXAMPLES = [
    # deliveries (e-mail, SMS, in-app), the notification's status
    ("e:queued", "queued"),
    ("e:scheduled", "scheduled"),
    ("e:scheduled s:queued", "queued"),
    ("e:sending", "queued"),
    ("e:sent", "sent"),
    ("e:delivered", "delivered"),
    ("e:unknown", "unknown"),
    ("e:failed", "failed"),
    ("e:bounced", "failed"),
    ("e:suppressed", "suppressed"),
    ("e:cancelled", "cancelled"),
    ("e:expired", "expired"),
    ("e:sent s:queued", "sent"),
    ("e:failed s:queued", "queued"),
    ("e:sent s:delivered", "sent"),
    ("e:delivered s:delivered", "delivered"),
    ("e:sent s:failed", "partial"),
    ("e:unknown s:failed", "partial"),
    ("e:unknown s:sent", "sent"),
    ("e:failed s:bounced", "failed"),
    ("e:suppressed s:sent", "sent"),
    ("e:suppressed s:suppressed", "suppressed"),
    ("e:cancelled s:suppressed", "cancelled"),
    ("e:cancelled s:expired", "cancelled"),
    ("e:expired s:suppressed", "expired"),
    ("e:cancelled s:delivered", "delivered"),
    # an in-app delivery, instant as it is, decides only where nothing external went out or is going to
    ("i:delivered", "delivered"),
    ("i:queued", "queued"),
    ("i:delivered e:queued", "queued"),
    ("i:delivered e:scheduled", "sent"),
    ("i:delivered e:scheduled s:queued", "queued"),
    ("i:queued e:scheduled", "queued"),
    ("i:delivered e:sent", "sent"),
    ("i:queued e:delivered", "delivered"),
    ("i:delivered e:failed", "partial"),
    ("i:delivered e:suppressed", "delivered"),
    ("i:delivered e:cancelled", "delivered"),
    ("i:delivered e:unknown", "unknown"),
]


@pytest.mark.parametrize(("deliveries", "expected"), EXAMPLES)
def test_status_follows_from_the_deliveries(deliveries: str, expected: str) -> None:
    pairs = (pair.split(":") for pair in deliveries.split())
    state = a_state({CHANNELS[channel]: a_delivery(DeliveryStatus(status)) for channel, status in pairs})

    assert derive_status(state) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "accepted"),
        (a_state({}, cancelled_at=NOW), "cancelled"),
        (a_state({}, reason=Reason.EXPIRED), "expired"),
        (a_state({}, reason=Reason.TENANT_SUSPENDED), "suppressed"),
    ],
)
def test_a_notification_without_deliveries_has_a_status_too(state: NotificationState | None, expected: str) -> None:
    assert derive_status(state) == expected


@pytest.mark.parametrize(
    ("position", "ended", "expected"), [(0, False, "scheduled"), (1, False, "sent"), (2, True, "suppressed")]
)
def test_what_only_asks_people_on_duty_goes_on_until_nobody_is_left(position: int, ended: bool, expected: str) -> None:
    relay = Relay(rota=RotaId("ops"), channels=(Channel.SMS,), not_before=NOW, every=1, position=position, ended=ended)

    assert derive_status(a_state({}, relays=(relay,))) == expected


def test_read_is_shown_instead_of_the_derived_status() -> None:
    state = a_state({Channel.EMAIL: a_delivery(DeliveryStatus.SENT)}, read_at=NOW)

    assert (shown_status(state), derive_status(state)) == ("read", "sent")
