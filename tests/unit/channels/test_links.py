"""Finding links in HTML, whatever it looks like, without touching anything else."""

import time

import pytest

from chalicelib.channels.links import rewrite_links, with_image


def told(url: str) -> str | None:
    return f"T({url})" if url.startswith("http") else None


@pytest.mark.parametrize(
    ("html", "rewritten"),
    [
        ('<a href="https://x.io/1">x</a>', '<a href="T(https://x.io/1)">x</a>'),
        ("<a href='https://x.io/1'>x</a>", '<a href="T(https://x.io/1)">x</a>'),
        ("<a href=https://x.io/1>x</a>", '<a href="T(https://x.io/1)">x</a>'),
        ('<A\nclass="b"\tHREF = " https://x.io " id=c>', '<A\nclass="b"\tHREF = "T(https://x.io)" id=c>'),
        ('<a href="https://x.io/?a=1&amp;b=2">', '<a href="T(https://x.io/?a=1&amp;b=2)">'),
        (
            '<a href="https://x.io/?lang=en&region=eu&gt=2">',
            '<a href="T(https://x.io/?lang=en&amp;region=eu&amp;gt=2)">',
        ),
        ("<a href=https://x.io/?a=1&b=2>x</a>", '<a href="T(https://x.io/?a=1&amp;b=2)">x</a>'),
        ('<area href="https://x.io">', '<area href="T(https://x.io)">'),
        ('<a title="a > b" href="https://x.io">', '<a title="a > b" href="T(https://x.io)">'),
        (
            '<a href="https://1.io">1</a><a href="https://2.io">',
            '<a href="T(https://1.io)">1</a><a href="T(https://2.io)">',
        ),
    ],
)
def test_links_are_rewritten(html: str, rewritten: str) -> None:
    assert rewrite_links(html, told) == rewritten


@pytest.mark.parametrize(
    "html",
    [
        "",
        "no markup, https://x.io",
        '<a href="#top">',
        '<a href="mailto:a@b.io">',
        '<a name="x">',
        "<a>",
        "<a href>",
        '<a href="">',
        '<abbr href="https://x.io">',
        '<img src="https://x.io/a.png">',
        '<!-- <a href="https://x.io"> -->',
        '<!--[if mso]><a href="https://x.io"><![endif]-->',
        "<!-- <a href='https://x.io'>",
        '<style>a:after{content:"<a href=https://x.io>"}</style>',
        '<title><a href="https://x.io"></title>',
        '<textarea><a href="https://x.io">',
        '<a data-href="https://x.io">',
        '<a title="href=https://x.io">',
        '<a href="https://x.io',
    ],
)
def test_all_else_stays_as_it_is(html: str) -> None:
    assert rewrite_links(html, told) == html


def test_what_an_address_becomes_cannot_break_out_of_its_quotes() -> None:
    assert rewrite_links('<a href="https://x.io">', lambda _: 'x"><script>') == '<a href="x&quot;&gt;&lt;script&gt;">'


@pytest.mark.parametrize(
    "html",
    [
        '<a "' * 50_000,
        "<a x='<a y=\"" * 20_000,
        "<a " * 60_000,
        "<!--" * 50_000,
        "<a" + " x" * 90_000,
        "<style" * 30_000,
        "<a href=" * 25_000,
        "<a href='" * 20_000 + '"',
        "</body " * 30_000,
    ],
)
def test_hostile_documents_take_no_longer_than_they_are(html: str) -> None:
    began = time.process_time()
    with_image(rewrite_links(html, told), "https://h.io/t/o/x")
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("html", "before"),
    [("<p>Hi</p>", "<p>Hi</p>"), ("<body>Hi</BODY ></html>", "<body>Hi"), ("</body><body>x</body>", "</body><body>x")],
)
def test_the_image_stands_at_the_end_of_what_is_shown(html: str, before: str) -> None:
    marked = with_image(html, "https://h.io/t/o/x?a&b")
    assert marked.startswith(f'{before}<img src="https://h.io/t/o/x?a&amp;b" width="1" height="1" alt=""')
    assert marked.replace(marked[len(before) : marked.index(">", len(before)) + 1], "") == html
