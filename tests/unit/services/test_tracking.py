"""Which links are led through Herald, and what is recorded when they are followed."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.auth.tracking_tokens import TrackingTokens
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.tracking import TrackedLink, TrackedMail, Tracking
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn
from chalicelib.services.track import Track
from chalicelib.services.tracking_links import TrackingLinks
from tests.build import ACME, ID, NOW, a_delivery, a_request, a_state, a_tenant
from tests.world import World

TOKENS = TrackingTokens(b"secret")
MAIL = TrackedMail(ACME, ID)
BASE = "https://herald.example.com/api"
LATER = Millis(NOW + 1)
ALL = Tracking(opens=True, clicks=True)


def marked(html: str, base: str = BASE, **wanted: bool) -> str:
    tenant = a_tenant(settings=TenantSettings(tracking=Tracking(**wanted)))
    return TrackingLinks(base, TOKENS.sign_open, TOKENS.sign_click)(html, a_request(), tenant)


def led(target: str) -> str:
    return f"{BASE}/t/c/{TOKENS.sign_click(TrackedLink(MAIL, target))}"


@pytest.mark.parametrize("base", [BASE, f"{BASE}/"])
@pytest.mark.parametrize("target", ["https://x.io/a?b=c#d", "http://x.io", "HTTPS://X.io", f"{BASE}/t/c/forged"])
def test_links_lead_through_herald_and_say_where_to(base: str, target: str) -> None:
    assert marked(f'<a href="{target}">x</a>', base, clicks=True) == f'<a href="{led(target)}">x</a>'


@pytest.mark.parametrize(
    "target",
    [
        f"{BASE}/unsubscribe/token",
        "mailto:ann@example.com",
        "tel:+14155550100",
        "sms:+14155550100",
        "#top",
        "/relative",
        "//x.io",
        "myshop://orders/42",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://x.io/ä",
        "https://x.io/a b",
        "https://x.io/a\tb",
        "https://x.io/\r\nSet-Cookie:x",
        f"https://x.io/{'x' * 2_000}",
    ],
)
def test_other_links_stay_as_they_are(target: str) -> None:
    html = f'<a href="{target}">x</a>'
    assert marked(html, clicks=True) == html


def test_only_what_the_tenant_wants_is_put_in() -> None:
    html = '<a href="https://x.io">x</a>'
    pixel = f'src="{BASE}/t/o/{TOKENS.sign_open(MAIL)}"'
    assert marked(html) == html
    assert pixel in marked(html, opens=True)
    assert 'href="https://x.io"' in marked(html, opens=True)
    assert "/t/o/" not in marked(html, clicks=True)
    assert pixel in marked(html, opens=True, clicks=True)
    assert led("https://x.io") in marked(html, opens=True, clicks=True)


def a_world(tracking: Tracking, **state: Any) -> World:
    world = World(tenant=a_tenant(settings=TenantSettings(tracking=tracking)))
    world.store.requests.put(a_request(), 0)
    deliveries = {Channel.EMAIL: a_delivery(DeliveryStatus.SENT)}
    world.store.states.put(a_state(deliveries, **state), 0)
    return world


def track_in(world: World) -> Track:
    return Track(world.store.states, world.store.tenants, world.inbox().read)


def told(state: NotificationState) -> tuple[Millis | None, Millis | None, Millis | None]:
    return state.opened_at, state.clicked_at, state.read_at


def test_the_first_time_counts() -> None:
    world = a_world(ALL)
    for at in (NOW, LATER):
        track_in(world).opened(MAIL, at)
        track_in(world).clicked(MAIL, Millis(at + 5))
    assert told(world.state) == (NOW, NOW + 5, None)
    assert world.state.version == a_state().version + 2


@pytest.mark.parametrize(
    ("tracking", "kept"),
    [
        (Tracking(), (None, None, None)),
        (Tracking(opens=True), (NOW, None, None)),
        (Tracking(clicks=True), (None, LATER, None)),
        (Tracking(count_as_read=True), (None, None, None)),
        (Tracking(opens=True, count_as_read=True), (NOW, None, NOW)),
        (Tracking(clicks=True, count_as_read=True), (None, LATER, LATER)),
    ],
    ids=str,
)
def test_only_what_the_tenant_wants_is_kept(tracking: Tracking, kept: tuple[Millis | None, ...]) -> None:
    world = a_world(tracking)
    track_in(world).opened(MAIL, NOW)
    track_in(world).clicked(MAIL, LATER)
    assert told(world.state) == kept


def test_what_counts_as_read_ends_an_escalation_as_reading_does() -> None:
    world = a_world(replace(ALL, count_as_read=True), stop_on=StopOn.READ)
    waiting = a_delivery(DeliveryStatus.SCHEDULED, not_before=Millis(NOW + 60_000))
    world.rows.states[ACME, ID] = replace(world.state, deliveries={**world.state.deliveries, Channel.SMS: waiting})
    track_in(world).opened(MAIL, NOW)
    assert world.state.deliveries[Channel.SMS].status is DeliveryStatus.CANCELLED


def test_what_its_owner_deleted_stays_unread() -> None:
    world = a_world(replace(ALL, count_as_read=True), deleted_at=NOW)
    track_in(world).opened(MAIL, LATER)
    assert told(world.state) == (LATER, None, None)


@pytest.mark.parametrize(
    "mail", [TrackedMail(TenantId("gone"), ID), TrackedMail(ACME, NotificationId(ID[:-6] + "ffffff"))], ids=str
)
def test_of_what_is_not_known_nothing_is_kept(mail: TrackedMail) -> None:
    world = a_world(ALL)
    track_in(world).opened(mail, NOW)
    track_in(world).clicked(mail, NOW)
    assert list(world.rows.states) == [(ACME, ID)]
    assert told(world.state) == (None, None, None)
