"""What HTML comes to when it is read, against what readers make of it."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.rendering import limits
from chalicelib.rendering.html_weight import HtmlError, simplified, weight_of
from tests.hostile.soup import FORMATTING, bombs, soup

ALL = {*nh3.ALLOWED_TAGS, *FORMATTING}
ELEMENT = 20


@given(some.integers(0, 10**9), some.sampled_from([10, 50, 200]))
def test_readers_make_no_more_of_it_than_it_weighs(seed: int, tags: int) -> None:
    html = simplified(soup(seed, tags))
    read = nh3.clean(html, tags=ALL, attributes={"*": {"title"}})
    made = sum(read.count(f"<{tag}>") + read.count(f"<{tag} ") for tag in FORMATTING)
    assert made * ELEMENT <= weight_of(html, 10**9)


@pytest.mark.parametrize("html", [*bombs()])
def test_what_grows_weighs_what_it_grows_to(html: str) -> None:
    html = simplified(html)
    try:
        weight = weight_of(html)
    except HtmlError:
        return
    read = nh3.clean(html, tags=ALL, attributes={"*": {"title"}})
    assert read.count("<") / 2 * ELEMENT <= 2 * weight


@pytest.mark.parametrize(
    "html",
    [
        "<p><b>x</b></p>" * 600,
        "<table>" + "<tr><td><a href='https://acme.example/1'><b>x</b></a></td></tr>" * 450 + "</table>",
        "<style>p>b{}</style><!-- <b> --><p title='<b>'>x</p>" * 600,
        "<ul>" + "<li><font color=red>x<br></font>" * 900 + "</ul>",
        "<a name=x>" * 2_000,
        "<p><a href='https://acme.example'>" + "<img src='https://acme.example/1'>x<br>" * 1_500 + "</a></p>",
        "<p><b>x" * 100,
        "<script>if (1<2) { '<b>' }</script>" * 900,
    ],
)
def test_what_senders_write_is_far_from_too_much(html: str) -> None:
    assert weight_of(simplified(html)) < limits.HTML / 2


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<SCRIPT>x</sCript >y", "<style>x</style >y"),
        ("<svg/onload=x><title>y</title></svg>", "<x-svg/onload=x><x-title>y</x-title></x-svg>"),
        ("<scripts><strike><p title=svg>", "<scripts><strike><p title=svg>"),
    ],
)
def test_tags_that_change_how_html_is_read_go(html: str, read: str) -> None:
    assert simplified(html) == read
