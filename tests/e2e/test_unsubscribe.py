"""Opting out on the deployed stack: by the link of a mail, by one click, and by the suppression list."""

import re
from dataclasses import dataclass

import pytest

from infra.cli.api import direct_session
from tests.e2e.conftest import Herald, Person

pytestmark = pytest.mark.stack

SUPPRESSIONS = "/api/v1/admin/suppressions"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """What a link answered."""

    status: int
    text: str
    media_type: str


def ask(url: str, body: bytes | None = None, method: str = "GET") -> Page:
    """Follow a link as a browser or a mail client does."""
    headers = {"Content-Type": FORM} if body else {}
    answer = direct_session().request("POST" if body else method, url, data=body, headers=headers, timeout=30)
    return Page(answer.status_code, answer.text, answer.headers.get("Content-Type", "").partition(";")[0])


def mail(herald: Herald, person: Person, category: str = "marketing") -> str:
    """Send a mail by SMTP; return the notification's id."""
    return herald.send(person, category=category, provider={"email": "smtp"})


def headers_of_the_last(herald: Herald, person: Person) -> dict[str, str]:
    """Return the headers of the mail that arrived last."""
    headers: dict[str, str] = herald.stack.sandbox.records("smtp", contains=person.email)[-1].body["headers"]
    return headers


def link_in(headers: dict[str, str]) -> str:
    """Return the address in `List-Unsubscribe`."""
    found = re.fullmatch(r"<(https?://[^>\s]+/unsubscribe/[A-Za-z0-9_-]+)>", headers["list-unsubscribe"])
    assert found is not None
    return found[1]


def outcome(herald: Herald, id: str) -> tuple[str, str | None]:
    """Return status and reason of the settled mail."""
    delivery = herald.delivery(id)
    return delivery.status.value, delivery.error


def test_one_click_ends_the_mails_of_a_category_and_no_others(herald: Herald, person: Person) -> None:
    assert outcome(herald, mail(herald, person)) == ("sent", None)
    headers = headers_of_the_last(herald, person)
    link = link_in(headers)
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"

    looked = ask(link)
    assert (looked.status, looked.media_type) == (200, "text/html")
    assert '<form method="post">' in looked.text
    ask(link, method="HEAD")
    assert outcome(herald, mail(herald, person)) == ("sent", None)

    clicked, again = ask(link, ONE_CLICK), ask(link, ONE_CLICK)
    assert (clicked.status, again.status) == (200, 200)

    assert outcome(herald, mail(herald, person)) == ("suppressed", "preference_off")
    assert outcome(herald, mail(herald, person, "transactional")) == ("sent", None)
    assert "list-unsubscribe" not in headers_of_the_last(herald, person)
    assert herald.arrived(person) == 3


def test_a_mail_from_a_template_shows_the_link_itself(herald: Herald, person: Person) -> None:
    data = {"title": "News", "message": "There are some.", "actionUrl": "https://example.com/news"}
    said = {"content": None, "template": {"key": "system-notice", "data": data}, "provider": {"email": "smtp"}}
    herald.settled(herald.send(person, **said, category="marketing"))

    received = herald.stack.sandbox.records("smtp", contains=person.email)[-1].body
    assert received["html"].count(link_in(received["headers"])) == 1

    herald.settled(herald.send(person, **said))
    assert "/unsubscribe/" not in herald.stack.sandbox.records("smtp", contains=person.email)[-1].body["html"]


def test_a_forged_link_has_no_effect(herald: Herald, person: Person) -> None:
    herald.settled(mail(herald, person))
    link = link_in(headers_of_the_last(herald, person))
    beginning, _, token = link.rpartition("/")
    for forged in (token[:-4] + "AAAA", token[::-1], "x"):
        page = ask(f"{beginning}/{forged}", ONE_CLICK)
        assert (page.status, page.media_type) == (404, "text/html")
    assert outcome(herald, mail(herald, person)) == ("sent", None)


def test_what_is_on_the_list_gets_nothing_until_it_is_taken_off(herald: Herald, person: Person) -> None:
    herald.admin.post(SUPPRESSIONS, {"channel": "email", "address": person.email.upper()})
    assert outcome(herald, mail(herald, person, "transactional")) == ("suppressed", "suppressed_address")

    herald.admin.demand("DELETE", SUPPRESSIONS, query={"channel": "email", "address": person.email})
    assert outcome(herald, mail(herald, person, "transactional")) == ("sent", None)
    assert herald.arrived(person) == 1
