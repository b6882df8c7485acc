"""Fills the order confirmation on every channel, and has bare Jinja render the same parts, taking turns in one process;
writes the CPU of each.

Bare Jinja has the same filters, that both do the same: what is measured is the sandbox with all that it counts, the
choice of parts and the making of content.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template

from bench.render.order import ORDER, SAMPLE, SCHEMA
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, Part, Parts, TemplateVersion
from chalicelib.domain.value import Millis
from chalicelib.domain.wording import body_of, title_of
from chalicelib.domain.words import Channel
from chalicelib.rendering.fill import names_of
from chalicelib.rendering.filters import FILTERS
from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.run import RUN, Run
from chalicelib.services.ports.templates import About

WARM_UP: Final = 50
TURNS: Final = 40
A_TURN: Final = 20
ENGLISH: Final = Locale("en")
ABOUT: Final = About(
    recipient={"userId": "u1", "userType": "customer", "locale": "en", "attributes": {}},
    tenant={"id": "shop", "name": "The Shop"},
    unsubscribe_url="https://api.example/unsubscribe/token",
)
_OF_EMAIL: Final = (Part.EMAIL_HTML,)
_OF_PUSH: Final = (Part.PUSH_IMAGE,)
_OF_WHATSAPP: Final = (Part.WHATSAPP_TEMPLATE, Part.WHATSAPP_PARAMETERS, Part.WHATSAPP_LANGUAGE)
_MORE: Final = {Channel.EMAIL: _OF_EMAIL, Channel.PUSH: _OF_PUSH, Channel.WHATSAPP: _OF_WHATSAPP}


def main(target: Path) -> None:
    """Take turns; write the median CPU of filling all channels and of rendering their parts, in seconds."""
    parts = Renderer().ready(ORDER)[ENGLISH]
    fill, render = filling(parts), rendering(parts)
    _repeat(fill, WARM_UP)
    _repeat(render, WARM_UP)
    pairs = [(_repeat(fill, A_TURN), _repeat(render, A_TURN)) for _ in range(TURNS)]
    filled, rendered = (statistics.median(times) for times in zip(*pairs, strict=True))
    target.write_text(json.dumps({"filled": filled, "rendered": rendered}))


def filling(parts: Parts) -> Callable[[], list[str]]:
    """Return what fills all channels, as the delivery workers do; it returns their bodies."""
    renderer = Renderer()
    version = TemplateVersion(
        key=TemplateKey("order-confirmation"),
        number=1,
        category="transactional",
        channels=tuple(Channel),
        localizations={},
        ready={ENGLISH: parts},
        schema=SCHEMA,
        created_at=Millis(0),
        created_by="bench",
    )

    def fill() -> list[str]:
        return [
            renderer.fill(TenantId("shop"), version, channel, (ENGLISH,), SAMPLE, ABOUT).body for channel in Channel
        ]

    return fill


def rendering(parts: Parts) -> Callable[[], list[str]]:
    """Return what renders the parts of all channels with bare Jinja; it returns their bodies."""
    compiled = {part: _compiled(part, source) for part, source in parts.items()}
    names = {**SAMPLE, **names_of(ABOUT, ENGLISH), RUN: Run(("https",))}

    def render() -> list[str]:
        run = names[RUN] = Run(("https",))
        run.schemes = ABOUT.url_schemes
        return [_channel(channel, compiled, names) for channel in Channel]

    return render


def _channel(channel: Channel, compiled: dict[Part, Template], names: dict[str, Any]) -> str:
    said = {part: compiled[part].render(names) for part in _parts(channel, tuple(compiled))}
    return said[body_of(said, channel) or Part.EMAIL_TEXT]


def _parts(channel: Channel, parts: tuple[Part, ...]) -> list[Part]:
    wanted = (title_of(parts, channel), body_of(parts, channel), Part.ACTION_URL, *_MORE.get(channel, ()))
    return [part for part in dict.fromkeys(wanted) if part in parts]


def _compiled(part: Part, source: str) -> Template:
    bare = Environment(autoescape=part is Part.EMAIL_HTML, undefined=StrictUndefined, keep_trailing_newline=True)
    bare.filters |= FILTERS
    return bare.from_string(source)


def _repeat(call: Callable[[], object], times: int) -> float:
    """Return the CPU that one call takes, in seconds, over some of them."""
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times


if __name__ == "__main__":
    main(Path(sys.argv[1]))
