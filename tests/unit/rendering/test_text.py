"""Plain text from HTML."""

import pytest

from chalicelib.rendering.text import text_from


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<a href="https://x.io/?lang=en&region=eu&section=2">Go</a>',
            "Go (https://x.io/?lang=en&region=eu&section=2)",
        ),
        ('<a href="https://x.io/?a=1&amp;b=2">Go</a>', "Go (https://x.io/?a=1&b=2)"),
        ("<A\nHREF=https://x.io/?a=1&copy=2>Go</A>", "Go (https://x.io/?a=1&copy=2)"),
        ('<a title="a > b" href="https://x.io" href="https://y.io">Go</a>', "Go (https://x.io)"),
        ("<a name=top>Go</a>", "Go"),
        ("<a href>Go</a>", "Go"),
        ('<img alt="A&region=1 &amp; B"/>', "A&region=1 & B"),
        ("&copy2026 &amp; more", "©2026 & more"),
    ],
)
def test_attributes_say_what_a_browser_reads(html: str, text: str) -> None:
    assert text_from(html) == text


@pytest.mark.parametrize(
    "declaration", ["<![foo[x]]>", "<![x>", "<![CDATA[x]]>", "<![if !mso]>", "<!x [y>", "<!DOCTYPE x>"]
)
def test_declarations_are_no_text(declaration: str) -> None:
    assert text_from(f"<p>a</p>{declaration}<p>b</p>") == "a\n\nb"
