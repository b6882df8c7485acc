"""What authors may not write, and where the fault points."""

import pytest

from chalicelib.domain.template import Part
from tests.unit.rendering.saving import faults, said


@pytest.mark.parametrize(
    ("source", "code", "line", "column"),
    [
        ("Hi {{ name", "syntax_error", 1, 7),
        ("Hi\n  {{ name | }}", "syntax_error", 2, 13),
        ("a\r\nb {% nosuch %}", "syntax_error", 2, 6),
        ("{{ $ }}", "syntax_error", 1, 4),
        ("x {# never closed", "syntax_error", 1, 5),
        ("{{ name }}\n{{ name.upper() }}", "forbidden_syntax", 2, 14),
        ("{% set a = 1 %}", "forbidden_syntax", 1, 4),
        ("{{ name ~ name }}", "forbidden_syntax", 1, 4),
        ("{{ name|safe }}", "forbidden_syntax", 1, 9),
        ("{{ name|trim|nosuch }}", "forbidden_syntax", 1, 14),
        ("{{ name is callable }}", "forbidden_syntax", 1, 9),
        ("{{ name.__class__ }}", "forbidden_syntax", 1, 8),
        ("{{- name -}}   {%- if loop.first %}{% endif %}", "forbidden_syntax", 1, 23),
        ("{% for a in lines %}\n{% for b in lines %}{% endfor %}{% endfor %}", "forbidden_syntax", 2, 4),
        ("{% for a, b in lines %}{% endfor %}", "forbidden_syntax", 1, 4),
        ("{% for a in lines|sort %}{% endfor %}", "forbidden_syntax", 1, 4),
        ("ab\x00c", "forbidden_character", 1, 3),
        ("a\n{{ name|default('\\ud800') }}", "forbidden_character", 2, 17),
        ("{% if name == 'a\\x00' %}{% endif %}", "forbidden_character", 1, 15),
        ("{{ 'a' '\\u2028' }}", "forbidden_character", 1, 4),
        ("{{ url|link }}", "forbidden_syntax", 1, 8),
        ("{{ name|join(d='', d='') }}", "forbidden_syntax", 1, 9),
        ("{{ name|join(__debug__='') }}", "forbidden_syntax", 1, 9),
        ("{{ " + "(" * 200 + "n" + ")" * 200 + " }}", "too_deep", 1, None),
        ("x" * 100_001, "too_large", 1, 100_001),
        ("{% for a in lines %}{% endfor %}" * 51, "too_large", 1, 50 * 32 + 4),
        ("{{ n|abs" + "|abs" * 60 + " }}", "too_deep", 1, None),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_place(source: str, code: str, line: int, column: int | None) -> None:
    (fault,) = faults({Part.SMS_TEXT: source})
    assert (fault.pointer, fault.code, fault.line) == ("/localizations/en/sms/text", code, line)
    assert fault.detail
    if column is not None:
        assert fault.column == column


@pytest.mark.parametrize(
    ("expression", "column", "detail"),
    [
        ("n|int(base=99)", 6, "The filter `int` has no argument `base`"),
        ("n|int(1, 2)", 6, "The filter `int` takes 1 argument at most"),
        ("n|int(1, default=2)", 6, "The filter `int` is given `default` twice"),
        ("n|int(context=1)", 6, "The filter `int` has no argument `context`"),
        ("n|int(value=1)", 6, "The filter `int` has no argument `value`"),
        ("name|replace('a')", 9, "The filter `replace` needs the argument `new`"),
        ("name|replace(new='a')", 9, "The filter `replace` needs the argument `old`"),
        ("name|upper(1)", 9, "The filter `upper` takes no arguments"),
        ("name|upper(context=1)", 9, "The filter `upper` has no argument `context`"),
        ("name|date('a', 'b')", 9, "The filter `date` takes 1 argument at most"),
        ("name|truncate(9, true, '', 3)", 9, "The filter `truncate` takes 3 arguments at most"),
        ("n is divisibleby", 6, "The test `divisibleby` needs the argument `num`"),
        ("n is odd(3)", 6, "The test `odd` takes no arguments"),
        ("n is defined(3)", 6, "The test `defined` takes no arguments"),
        ("n is eq(other=3, more=4)", 6, "The test `eq` has no argument `more`"),
    ],
)
def test_arguments_that_a_filter_or_test_does_not_take_are_named(expression: str, column: int, detail: str) -> None:
    (fault,) = faults({Part.SMS_TEXT: f"x\n{{% if false %}}\n{{{{ {expression} }}}}{{% endif %}}"})
    assert (fault.code, fault.line, fault.column, fault.detail) == ("forbidden_syntax", 3, column, detail)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "{% for l in lines %}{{ loop.index }}{{ l.title }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1Tea, 2Cup",
        ),
        ("{% for l in lines %}{% if loop.first %}{{ loop.length }}{% endif %}{% else %}none{% endfor %}", "2"),
        ("{% for l in lines if l.price > 2 %}{{ l.title }}{% endfor %}", "Cup"),
        ("{% if lines %}{{ lines[0].title }}{{ lines[-1]['title'] }}{% endif %}", "TeaCup"),
        ("{% raw %}{{ name }}{% endraw %}", "{{ name }}"),
        ("a {#- note -#} b", "ab"),
        ("{{ name if n > 3 else '-' }}", "Ann & Bob"),
        ("{{ tenant.name }} {{ recipient.attributes.city }} {{ locale }} {{ dir }}", "Acme Rome en ltr"),
        ("{{ coupon|default('-') }}{% if coupon is defined %}{{ coupon }}{% endif %}", "-"),
        ("{% if unsubscribe_url %}x{% else %}y{% endif %}", "y"),
    ],
)
def test_what_is_allowed_does_what_jinja_does(source: str, text: str) -> None:
    fine = source.replace("recipient.attributes.city", "recipient.attributes.city|default('-')")
    assert said(fine) == text
