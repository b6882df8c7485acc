from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.channels import email, push, sms
from chalicelib.channels.segments import count_segments
from chalicelib.domain.content import Content
from chalicelib.domain.request import NotificationRequest
from chalicelib.services.digest_layout import EXAMPLES, digest_content, digest_data
from tests.build import a_recipient, a_request, a_tenant


def about(subject: str | None = None, body: str = "Body", url: str | None = None) -> NotificationRequest:
    return a_request(content=Content(subject=subject, body=body, action_url=url), category="marketing")


NASTY = about("\r\nBcc: eve@example.com\x00\u2028<script>alert(1)</script>", url='https://a.example/?a=1&b="><script>')


def test_each_notification_has_a_line_and_a_link_if_it_leads_anywhere() -> None:
    content = digest_content("marketing", [about("Sale", url="https://a.example/sale?x=1&y=2"), about("News & more")])
    assert content.subject == "2 updates: marketing"
    assert content.body == "- Sale: https://a.example/sale?x=1&y=2\n- News & more"
    assert content.html == (
        "<p>2 updates: marketing</p>\n<ul>\n"
        '<li><a href="https://a.example/sale?x=1&amp;y=2">Sale</a></li>\n'
        "<li>News &amp; more</li>\n</ul>"
    )


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (about("Subject", "Body"), "Subject"),
        (about(None, "First\nSecond"), "First"),
        (about(" ", "\n\n  \r\n Third  line \nFourth"), "Third line"),
        (about(None, " \t "), "marketing"),
        (about("x" * 121), "x" * 119 + "…"),
        (about("two\nlines"), "two lines"),
        (about("a\x00b\x1b[31m\u2028c\x85d"), "a b [31m c d"),
    ],
)
def test_a_line_is_the_subject_or_the_first_line_that_says_something(request_: NotificationRequest, line: str) -> None:
    assert digest_content("marketing", [request_]).body == f"- {line}"


@pytest.mark.parametrize(
    ("category", "count", "subject"),
    [
        ("marketing", 1, "1 update: marketing"),
        ("order.shipped", 100, "100 updates: order.shipped"),
        ("a\r\nBcc: b", 2, "2 updates: a Bcc: b"),
        ("x" * 80, 2, "2 updates: " + "x" * 66 + "…"),
    ],
)
def test_the_subject_counts_and_fits_a_header(category: str, count: int, subject: str) -> None:
    assert digest_content(category, [about("A")] * count).subject == subject


def test_nothing_that_a_sender_wrote_is_markup() -> None:
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert attrs in ([], [("href", NASTY.content.action_url)])

    Tags().feed(digest_content("<b>x</b>", [NASTY, NASTY]).html or "")
    assert tags == ["p", "ul", "li", "a", "li", "a"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_templates_for_digests_are_tried_with_is_like_what_they_get(example: dict[str, Any]) -> None:
    told = digest_data([about("Sale", url=item["url"] or None) for item in example["items"]])
    assert [*example] == [*told]
    assert example["count"] == told["count"]
    assert [[*item] for item in example["items"]] == [[*item] for item in told["items"]]


@pytest.mark.parametrize("count", [1, 3, 100])
def test_it_has_a_shape_on_every_channel(count: int) -> None:
    told = [NASTY, *[about("x" * 200, url="https://a.example")] * (count - 1)]
    request = a_request(content=digest_content("marketing", told))
    mail = email.shape(request, a_recipient(), a_tenant())
    assert "\n" not in mail.subject
    assert len(mail.text.splitlines()) == count
    assert push.shape(request, a_recipient(), a_tenant()).title == mail.subject


def test_a_text_message_tells_how_many_and_the_newest_in_one_segment() -> None:
    told = [about("Old"), about("x" * 200)]
    request = a_request(content=digest_content("marketing", told))
    message = sms.shape(request, a_recipient(), a_tenant())
    assert message.text == "2 updates: marketing. Newest: " + "x" * 79 + "..."
    assert message.segments == count_segments(message.text) == 1
