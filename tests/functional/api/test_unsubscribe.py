"""Unsubscribing over HTTP: a page asks, a form or a mail client does it, nothing else has any effect."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import replace

from app import app
from chalicelib import bootstrap
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel
from tests.api import Api, Response, in_memory_api
from tests.build import ACME

ANN = (ACME, UserType("customer"), UserId("u1"))
FORM = "application/x-www-form-urlencoded"
ONE_CLICK = b"List-Unsubscribe=One-Click"
PARTS = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    settings = TenantSettings(mandatory_categories=("legal",))
    api.world.rows.tenants[ACME] = replace(api.world.tenant, name="Acme & <Sons>", settings=settings)
    return api


def link(category: str = "marketing", tenant: TenantId = ACME) -> str:
    token = bootstrap.unsubscribe_tokens().sign(Subscription(tenant, ANN[1], ANN[2], category))
    return f"/unsubscribe/{token}"


def post(api: Api, path: str, body: Any = ONE_CLICK, content_type: str = FORM) -> Response:
    return api.call("POST", path, None, body, headers={"content-type": content_type})


def chosen(api: Api) -> Any:
    return api.world.rows.preferences.get(ANN)


def test_the_page_asks_and_changes_nothing(api: Api) -> None:
    page = api.call("GET", link(), None)
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<form method="post">' in page.text
    assert "marketing" in page.text
    assert chosen(api) is None


def test_the_form_unsubscribes(api: Api) -> None:
    page = post(api, link())
    assert page.status == 200
    assert "You are unsubscribed" in page.text
    assert chosen(api).categories == {"marketing": {Channel.EMAIL: False}}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, FORM),
        (ONE_CLICK, f"{FORM}; charset=utf-8"),
        (PARTS, "multipart/form-data; boundary=b"),
        (b"", FORM),
        (None, "text/plain"),
    ],
)
def test_mail_clients_unsubscribe_with_one_click(api: Api, body: bytes | None, content_type: str) -> None:
    assert post(api, link(), body, content_type).status == 200
    assert chosen(api).categories == {"marketing": {Channel.EMAIL: False}}


def test_twice_is_as_good_as_once(api: Api) -> None:
    first, second = post(api, link()), post(api, link())
    assert (first.status, first.text) == (second.status, second.text)
    assert chosen(api).version == 1


def test_what_else_was_chosen_stays(api: Api) -> None:
    post(api, link("news"))
    post(api, link())
    assert chosen(api).categories == {"news": {Channel.EMAIL: False}, "marketing": {Channel.EMAIL: False}}


def test_texts_of_a_tenant_are_no_html(api: Api) -> None:
    for page in (api.call("GET", link("<script>alert(1)</script>"), None), post(api, link("<img src=x>"))):
        assert "Acme &amp; &lt;Sons&gt;" in page.text
        assert "<script" not in page.text
        assert "<img" not in page.text


@pytest.mark.parametrize(
    "forged",
    ["x", "-", "AAAA", "%00", "..%2f..", "%3Cscript%3E", "a" * 500],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_token_finds_no_page_and_has_no_effect(api: Api, method: str, forged: str) -> None:
    page = api.call(method, f"/unsubscribe/{forged}", None)
    assert page.status == 404
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert api.world.rows.preferences == {}


def test_an_altered_token_is_a_forged_one(api: Api) -> None:
    good = link()
    altered = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")
    assert post(api, altered).status == 404
    assert post(api, altered).text == post(api, "/unsubscribe/x").text
    assert api.world.rows.preferences == {}


def test_a_tenant_that_is_gone_looks_like_a_forged_token(api: Api) -> None:
    gone = link(tenant=TenantId("gone"))
    for method in ("GET", "POST"):
        answer, forged = api.call(method, gone, None), api.call(method, "/unsubscribe/x", None)
        assert (answer.status, answer.text) == (forged.status, forged.text)


@pytest.mark.parametrize("category", ["transactional", "legal"])
def test_what_must_be_sent_cannot_be_turned_off(api: Api, category: str) -> None:
    for page in (api.call("GET", link(category), None), post(api, link(category))):
        assert page.status == 409
        assert "cannot be turned off" in page.text
        assert "<form" not in page.text
    assert chosen(api) is None


def test_no_other_method_is_answered() -> None:
    assert set(app.routes["/unsubscribe/{token}"]) == {"GET", "POST", "OPTIONS"}


def test_the_pages_run_nothing_and_load_nothing(api: Api) -> None:
    for page in (api.call("GET", link(), None), post(api, link()), api.call("GET", "/unsubscribe/x", None)):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert not re.search(r"\s(src|href|action|on\w+)=", page.text)


def test_the_pages_can_be_read_by_everybody(api: Api) -> None:
    for page in (api.call("GET", link(), None), post(api, link()), api.call("GET", "/unsubscribe/x", None)):
        outline = Outline()
        outline.feed(page.text)
        assert outline.language == "en"
        assert outline.tags.count("h1") == outline.tags.count("main") == outline.tags.count("title") == 1
        assert 'name="viewport"' in page.text
        assert outline.unclosed == []


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.unclosed: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "input"):
            self.unclosed.append(tag)
        if tag == "html":
            self.language = dict(attrs).get("lang")

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag
