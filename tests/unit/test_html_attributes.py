"""What attributes of HTML say, as every browser reads them."""

import pytest

from chalicelib.html_attributes import attributes, value_of


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (None, ""),
        ("", ""),
        ("''", ""),
        ('"a\'b"', "a'b"),
        ("a'b'", "a'b'"),
        ('"?a=1&amp;b=2"', "?a=1&b=2"),
        ('"?lang=en&region=eu&section=2"', "?lang=en&region=eu&section=2"),
        ('"?a=1&gt=2"', "?a=1&gt=2"),
        ('"?a=1&lt;=2"', "?a=1<=2"),
        ('"?a&copy"', "?a©"),
        ('"?a&copy b"', "?a© b"),
        ('"?a&copy;b"', "?a©b"),
        ('"?a&copy2"', "?a&copy2"),
        ('"?a&copyright;"', "?a&copyright;"),
        ('"?a&notin;b"', "?a∉b"),
        ('"?a&notit;b"', "?a&notit;b"),
        ('"?a&amp=1"', "?a&amp=1"),
        ('"?a&amp;amp;b"', "?a&amp;b"),
        ('"?a&#61;1&#x26b=2"', "?a=1\u026b=2"),
        ('"?a&#61b&#X3D;c"', "?a=b=c"),
        ('"?a&&b&#&;"', "?a&&b&#&;"),
        ('"?a&Aacute;&eacute&agrave-"', "?aÁéà-"),
    ],
)
def test_what_a_value_says(written: str | None, value: str) -> None:
    assert value_of(written) == value


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ('<a href="x" title=y>z=1', [("href", '"x"'), ("title", "y")]),
        ("<a href=https://x.io/?a=1&b=2>", [("href", "https://x.io/?a=1&b=2")]),
        ("<a href = 'x y'\n/ id>", [("href", "'x y'"), ("id", None)]),
        ('<a "b" href="x">', [('"b"', None), ("href", '"x"')]),
        ('<a href="x', [("href", None)]),
        ("<a>", []),
    ],
)
def test_the_attributes_of_a_tag(tag: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(found["name"], found["value"]) for found in attributes(tag, 2)] == expected
