"""Filling: what a template's parts say for one recipient. Here untrusted code runs, so here is what ends it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from jinja2 import Template
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context

from chalicelib.channels.graphemes import has_controls
from chalicelib.domain.template import Locale, Part, Parts
from chalicelib.rendering import limits
from chalicelib.rendering.environment import Sandbox, sandbox
from chalicelib.rendering.html_data import Marked, as_html, as_text, marked
from chalicelib.rendering.links import Link, is_link
from chalicelib.rendering.refusal import RefusalError
from chalicelib.rendering.run import RUN, OverLimitError, Run
from chalicelib.services.ports.templates import About, TemplateError

HEADERS: Final = frozenset(
    {
        Part.ACTION_URL,
        Part.EMAIL_SUBJECT,
        Part.PUSH_TITLE,
        Part.PUSH_IMAGE,
        Part.WHATSAPP_TEMPLATE,
        Part.WHATSAPP_LANGUAGE,
        Part.IN_APP_TITLE,
        Part.CHAT_TITLE,
        Part.ALERT_SUMMARY,
        Part.WEBHOOK_TITLE,
    }
)
"""Parts that are one line, whatever the data brings."""
_LINKS: Final = {Part.ACTION_URL: Link.ACTION, Part.PUSH_IMAGE: Link.IMAGE}
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "iw", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "ku"})
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What neither XML nor UTF-8 has, and vendors take for the end of a text, or not at all."""
_OVERRIDES: Final = dict.fromkeys(map(ord, "\u202d\u202e"))
"""They turn what is said around (Unicode Standard Annex #9 §2.2): `gpj.exe` reads `exe.jpg`. No language needs them."""
FAILURES: Final = (JinjaError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError)
"""What a template that runs may end with."""


@dataclass
class Wording:
    """A template in one language, compiled part by part as they are needed."""

    locale: Locale
    parts: Parts
    schema: Mapping[str, Any]
    html: Marked = field(init=False)
    _compiled: dict[Part, Template] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.html = marked(self.schema)

    def compiled(self, part: Part) -> Template:
        """Return a part as code; RefusalError when something in it is not allowed."""
        template = self._compiled.get(part)
        if template is None:
            template = self._compiled[part] = sandbox_of(part).compiled(self.parts[part])
        return template


class Filling:
    """Fills the parts of one message. `clock` counts seconds."""

    def __init__(self, wording: Wording, data: Mapping[str, Any], about: About, clock: Callable[[], float]) -> None:
        self._wording = wording
        self._data = data
        self._about = about
        self._clock = clock
        self._names = names_of(about, wording.locale)
        self._contexts: dict[Sandbox, Context] = {}

    def part(self, part: Part) -> str:
        """Return what a part says; TemplateError when it cannot be filled."""
        try:
            return finished(part, self.raw(self._wording.compiled(part), sandbox_of(part)), self._about.url_schemes)
        except FAILURES as error:
            raise TemplateError(f"{part}: {told(error)}") from error
        except RefusalError as refusal:
            raise TemplateError(f"{part}: {refusal.detail}") from refusal

    def raw(self, template: Template, kind: Sandbox) -> str:
        """Return what a template prints; one of FAILURES when it fails."""
        context = self._context(kind)
        run = context.parent[RUN] = Run(self._about.url_schemes, self._clock)
        pieces: list[str] = []
        size = 0
        output = template.root_render_func(context)
        while True:
            some = list(islice(output, limits.CHUNKS))
            size += sum(map(len, some))
            if size > limits.OUTPUT:
                raise OverLimitError(f"it says more than {limits.OUTPUT} characters")
            pieces += some
            if len(some) < limits.CHUNKS:
                return "".join(pieces)
            run.look()

    def _context(self, kind: Sandbox) -> Context:
        context = self._contexts.get(kind)
        if context is None:
            names = {**self._data_for(kind), **self._names}
            context = self._contexts[kind] = kind.context(names)
        return context

    def _data_for(self, kind: Sandbox) -> Mapping[str, Any]:
        html = self._wording.html
        if not html:
            return self._data
        changed: Mapping[str, Any] = (
            as_html(dict(self._data), html, self._about.url_schemes) if kind.autoescape else as_text(self._data, html)
        )
        return changed


def sandbox_of(part: Part) -> Sandbox:
    """Return the sandbox that a part runs in."""
    return sandbox(html=part is Part.EMAIL_HTML, one_line=part is Part.WHATSAPP_PARAMETERS)


def names_of(about: About, locale: Locale) -> dict[str, Any]:
    """Return what every template knows beside its data."""
    return {
        "recipient": {"attributes": {}} | {name: _plain(value) for name, value in about.recipient.items()},
        "tenant": dict(about.tenant),
        "locale": str(locale),
        "dir": direction_of(locale),
        "unsubscribe_url": about.unsubscribe_url,
    }


def direction_of(locale: Locale) -> str:
    """Return the direction that a language is written in: `rtl` or `ltr`."""
    return "rtl" if locale.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def finished(part: Part, text: str, schemes: tuple[str, ...]) -> str:
    """Return what a part says in the form that its place needs; ValueError when it does not have it."""
    if control := _CONTROLS.search(text):
        raise ValueError(f"it has the character U+{ord(control[0]):04X}, which no text may carry")
    if part not in HEADERS:
        return text
    line = text.translate(_OVERRIDES).strip()
    if not line.isprintable() and has_controls(line):
        raise ValueError("it has a line break or another control character")
    if part in _LINKS and line and not is_link(line, schemes, _LINKS[part]):
        raise ValueError("a link needs the scheme https, or another that is allowed")
    return line


def told(error: Exception) -> str:
    """Return what is wrong with a template that failed, in a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return str(error)[:300] or type(error).__name__


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
