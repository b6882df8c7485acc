"""What is wrong with a layout or partial by itself, before a template uses it.

It is tried in the smallest template that could use it: one that knows every name it mentions, and in which the partials
it includes say nothing. What only a real template can tell is left to whoever saves that.
"""

import re
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.template import FALLBACK, Part, Parts
from chalicelib.services.ports import Rendering, Sources
from chalicelib.services.template_drafts import included

_ALONE: Final = frozenset(
    {"syntax_error", "forbidden_syntax", "forbidden_character", "too_deep", "too_large", "include_cycle"}
) | {"content_missing", "unsafe_html", "unsafe_place"}
"""The codes of what no template can make good."""
_TAG: Final = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_NAME: Final = re.compile(r"[^\W\d]\w*")
_KNOWN: Final = frozenset({"recipient", "tenant", "locale", "dir", "unsubscribe_url", "loop"})
"""To every template: a schema that has one of them is refused."""


def fragment_faults(fragment: Fragment, url_schemes: tuple[str, ...], rendering: Rendering) -> list[Fault]:
    """Return what is wrong with a fragment, each with line and column; pointers are into the fragment."""
    try:
        rendering.ready(_smallest_use(fragment, url_schemes))
    except InvalidInputError as error:
        here = f"/fragments/{fragment.key}"
        own = [fault for fault in error.faults if fault.pointer == here and fault.code in _ALONE]
        return [replace(fault, pointer="/source") for fault in own]
    return []


def _smallest_use(fragment: Fragment, url_schemes: tuple[str, ...]) -> Sources:
    is_layout = fragment.kind is FragmentKind.LAYOUT
    including = f'{{% include "{fragment.key}" %}}'
    parts: Parts = {Part.EMAIL_HTML: "<p>Hello</p>"} if is_layout else {Part.SMS_TEXT: including}
    names = {name for tag in _TAG.findall(fragment.source) for name in _NAME.findall(tag)} - _KNOWN
    return Sources(
        localizations={FALLBACK: parts},
        layout=fragment.key if is_layout else None,
        fragments=dict.fromkeys(included([fragment.source]), "") | {fragment.key: fragment.source},
        schema={"properties": {name: {} for name in sorted(names)}},
        sample={},
        url_schemes=url_schemes,
    )
