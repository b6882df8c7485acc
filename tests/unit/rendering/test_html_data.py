"""Data that is HTML: how much of it there may be."""

from typing import Any

import pytest

from chalicelib.domain.template import Part
from chalicelib.domain.words import Channel
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.ports.templates import TemplateError
from tests.hostile.soup import repeated
from tests.unit.rendering.saving import a_version, filled

HTML = {"type": "string", "contentMediaType": "text/html"}
SCHEMA: dict[str, Any] = {
    "properties": {"story": HTML, "other": {"type": "string"}, "a/b": {"items": {"properties": {"say": HTML}}}}
}
BOMB = repeated(500, 500, "<p>x")
SOME = repeated(100, 50, "<p>x")
"""Of which there may be some, though not many."""


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({"story": SOME, "other": BOMB, "unknown": BOMB}, []),
        ({"story": BOMB}, ["/story"]),
        ({"story": "x" * 50_001}, ["/story"]),
        ({"a/b": [{"say": SOME}, {"say": "x"}, {"said": BOMB}, {"say": BOMB}, {"say": BOMB}]}, ["/a~1b/3/say"]),
        ({"a/b": [{"say": SOME}] * 50}, ["/a~1b/4/say"]),
        ({"story": ["no text"], "a/b": "no list"}, ["/story"]),
    ],
)
def test_html_that_comes_to_too_much_is_refused_where_it_stands(data: dict[str, Any], pointers: list[str]) -> None:
    found = Renderer().data_faults(a_version({}, schema=SCHEMA), data)
    assert [fault.pointer for fault in found] == pointers


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@pytest.mark.parametrize("data", [{"story": BOMB}, {"a/b": [{"say": SOME}] * 50}, {"a/b": [{"say": "&" * 45_000}] * 3}])
def test_no_more_of_it_is_read_when_it_is_said(channel: Channel, data: dict[str, Any]) -> None:
    source = "{% if story is defined %}{{ story }}{% endif %}x"
    with pytest.raises(TemplateError, match="HTML"):
        filled({Part.EMAIL_HTML: source, Part.SMS_TEXT: source}, channel, schema=SCHEMA, sample={}, data=data)
