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
