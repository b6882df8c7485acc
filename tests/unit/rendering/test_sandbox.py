"""The sandbox holds by itself, also when nobody looked at what it runs."""

import pytest
from jinja2 import TemplateError

from chalicelib.rendering.environment import Sandbox, sandbox
from chalicelib.rendering.run import RUN, Run

NAMES = {"s": "text", "n": 3, "xs": ["a"], "o": {"k": "v"}}


def run(source: str, kind: Sandbox) -> str:
    template = kind.from_string(source)
    return "".join(template.root_render_func(kind.context({**NAMES, RUN: Run()})))


@pytest.mark.parametrize(
    "source",
    [
        "{{ s.__class__ }}",
        "{{ s['__class__'] }}",
        "{% if s.__class__ %}x{% endif %}",
        "{% if o.items %}x{% endif %}",
        "{{ s.upper() }}",
        "{{ s.upper }}",
        "{{ o.items() }}",
        "{{ o.items }}",
        "{{ xs.append('b') }}",
        "{{ '{0.__class__}'.format(s) }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ n ** n }}",
        "{{ s + s }}",
        "{{ '%s' % s }}",
        "{{ '%9d' is odd }}",
        "{{ s is even }}",
        "{{ '%9d' is divisibleby n }}",
        "{{ [s] is lower }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ self.__init__ }}",
        "{{ self }}",
        "{% include 'a' %}",
        "{% extends 'a' %}",
        "{% import 'a' as a %}",
        "{% for x in xs %}{{ loop.cycle('a') }}{% endfor %}",
        "{% for x in xs %}{{ loop._iterator }}{% endfor %}",
        "{% macro m() %}x{% endmacro %}{{ m() }}",
        "{{ unknown }}",
    ],
)
@pytest.mark.parametrize("html", [True, False])
def test_what_leaves_the_data_ends_in_an_error(source: str, html: bool) -> None:
    with pytest.raises((TemplateError, TypeError)):
        run(source, sandbox(html=html))


def test_html_is_escaped_text_is_not() -> None:
    assert run("{{ '<' }}", sandbox(html=True)) == "&lt;"
    assert run("{{ '<' }}", sandbox(html=False)) == "<"


def test_only_filters_of_our_own_are_known() -> None:
    known = set(sandbox(html=True).filters)
    assert not known & {"safe", "attr", "map", "select", "center", "indent", "format", "pprint", "tojson", "xmlattr"}
