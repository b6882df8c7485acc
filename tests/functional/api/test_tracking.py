"""Opened mails and followed links over HTTP: recorded where the tenant wants it, leading only to where we said."""

from typing import Any

import pytest
from msgspec.structs import replace

from app import app
from chalicelib import bootstrap
from chalicelib.auth.tracking_tokens import TrackingTokens
from chalicelib.base64url import to_bytes, to_text
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import TenantId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.tracking import TrackedLink, TrackedMail, Tracking
from chalicelib.domain.words import Channel, Scope
from chalicelib.services.track import Track
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, ID, a_delivery, a_request, a_state
from tests.callers import a_service

MAIL = TrackedMail(ACME, ID)
TARGET = "https://shop.example.com/orders/42?a=1&b=%20#top"
ALL = Tracking(opens=True, clicks=True)
GIF = (b"GIF89a", b"\x3b")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    want(api, ALL)
    api.world.store.requests.put(a_request(), 0)
    api.world.store.states.put(a_state({Channel.EMAIL: a_delivery(DeliveryStatus.SENT)}), 0)
    return api


def want(api: Api, tracking: Tracking) -> None:
    api.world.rows.tenants[ACME] = replace(api.world.tenant, settings=TenantSettings(tracking=tracking))


def pixel(mail: TrackedMail = MAIL) -> str:
    return f"/t/o/{bootstrap.tracking_tokens().sign_open(mail)}"


def link(target: str = TARGET, mail: TrackedMail = MAIL) -> str:
    return f"/t/c/{bootstrap.tracking_tokens().sign_click(TrackedLink(mail, target))}"


def get(api: Api, path: str) -> Response:
    return api.call("GET", path, None)


def told(state: NotificationState) -> tuple[bool, bool, bool]:
    return state.opened_at is not None, state.clicked_at is not None, state.read_at is not None


def assert_is_image(response: Response) -> None:
    assert response.status == 200
    assert response.headers["Content-Type"] == "image/gif"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    image = response.text.encode()
    assert (image[:6], image[-1:]) == GIF
    assert image[6:10] == bytes((1, 0, 1, 0)), "one point"
    assert image.isascii(), "it passes as text"


def test_an_opened_mail_is_told(api: Api) -> None:
    assert_is_image(get(api, pixel()))
    assert told(api.world.state) == (True, False, False)


def test_a_followed_link_leads_to_where_it_should_and_is_told(api: Api) -> None:
    response = get(api, link())
    assert (response.status, response.headers["Location"], response.text) == (302, TARGET, "")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert told(api.world.state) == (False, True, False)


def test_only_the_first_time_is_kept(api: Api) -> None:
    for _ in range(3):
        get(api, pixel())
        get(api, link())
        seen = {(api.world.state.opened_at, api.world.state.clicked_at, api.world.state.version)}
    assert len(seen) == 1
    assert api.world.state.version == a_state().version + 2


@pytest.mark.parametrize(
    "forged",
    ["x", "..", "https%3A%2F%2Fevil.com", "%2F%2Fevil.com", "A" * 60, "AAAA%3Fto=https:evil.com", "%0d%0aLocation:x"],
)
def test_a_forged_token_leads_nowhere_and_has_no_effect(api: Api, forged: str) -> None:
    assert_is_image(get(api, f"/t/o/{forged}"))
    page = get(api, f"/t/c/{forged}")
    assert (page.status, "Page not found" in page.text) == (404, True)
    assert "Location" not in page.headers
    assert told(api.world.state) == (False, False, False)


def test_a_token_of_somebody_elses_secret_is_a_forged_one(api: Api) -> None:
    evil = TrackingTokens(b"guessed").sign_click(TrackedLink(MAIL, "https://evil.com"))
    assert get(api, f"/t/c/{evil}").status == 404


def test_a_target_cannot_be_exchanged(api: Api) -> None:
    sealed = to_bytes(link().rpartition("/")[2])
    exchanged = sealed.replace(b"shop.example.com", b"evil.example.com")
    assert exchanged != sealed
    assert get(api, f"/t/c/{to_text(exchanged)}").status == 404


def test_a_token_is_good_for_its_own_purpose_only(api: Api) -> None:
    opens, clicks = pixel().rpartition("/")[2], link().rpartition("/")[2]
    assert get(api, f"/t/c/{opens}").status == 404
    assert get(api, f"/unsubscribe/{opens}").status == 404
    assert_is_image(get(api, f"/t/o/{clicks}"))
    assert told(api.world.state) == (False, False, False)


def test_parameters_change_nothing(api: Api) -> None:
    response = api.call("GET", link(), None, query={"url": "https://evil.com", "next": "//evil.com"})
    assert response.headers["Location"] == TARGET


@pytest.mark.parametrize("tenant", ["globex", "gone"])
def test_another_tenants_token_tells_nothing_of_ours(api: Api, tenant: str) -> None:
    api.world.rows.tenants[TenantId("globex")] = replace(
        api.world.tenant, id=TenantId("globex"), settings=TenantSettings(tracking=ALL)
    )
    foreign = TrackedMail(TenantId(tenant), ID)
    assert_is_image(get(api, pixel(foreign)))
    assert get(api, link(mail=foreign)).headers["Location"] == TARGET
    assert told(api.world.state) == (False, False, False)


def test_what_a_tenant_does_not_want_to_know_is_not_kept_though_its_links_work(api: Api) -> None:
    want(api, Tracking())
    assert_is_image(get(api, pixel()))
    assert get(api, link()).status == 302
    assert told(api.world.state) == (False, False, False)


def test_it_counts_as_read_where_the_tenant_says_so(api: Api) -> None:
    want(api, replace(ALL, count_as_read=True))
    get(api, link())
    assert told(api.world.state) == (False, True, True)


def test_who_reads_a_mail_gets_what_is_theirs_though_nothing_can_be_recorded(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr(api.world.store.states, "get", down)
    monkeypatch.setattr(bootstrap, "track", lambda: Track(api.world.store.states, api.world.store.tenants, down))
    assert_is_image(get(api, pixel()))
    assert get(api, link()).headers["Location"] == TARGET


def test_no_other_method_is_answered() -> None:
    for path in ("/t/o/{token}", "/t/c/{token}"):
        assert set(app.routes[path]) == {"GET", "OPTIONS"}


def test_its_sender_sees_when(api: Api) -> None:
    get(api, pixel())
    get(api, link())
    for path in (f"/api/v1/services/notifications/{ID}/status", f"/api/v1/services/notifications/{ID}"):
        answer = api.call("GET", path, a_service(Scope.READ)).json
        assert {"openedAt", "clickedAt"} <= answer.keys()
        assert "readAt" not in answer
