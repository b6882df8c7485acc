"""What the filters make of values."""

from typing import Any

import pytest

from chalicelib.domain.template import Part
from chalicelib.domain.words import Channel
from chalicelib.services.ports.templates import TemplateError
from tests.unit.rendering.saving import filled, said

ANY: dict[str, Any] = {"type": "object", "required": ["v"], "properties": {"v": {"minItems": 1}}}


def of(expression: str, value: Any, locale: str = "en") -> str:
    return said(f"={{{{ {expression} }}}}", schema=ANY, sample={"v": value}, data={"v": value}, locale=locale)[1:]


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("v", "x", "x"),
        ("v", None, ""),
        ("v", True, "true"),
        ("v", 2.5, "2.5"),
        ("v|upper", "straße", "STRASSE"),
        ("v|lower", "ABC", "abc"),
        ("v|title", "o'reilly and-sons (ltd)", "O'reilly And-Sons (Ltd)"),
        ("v|capitalize", "hELLO", "Hello"),
        ("v|trim", "  x ", "x"),
        ("v|default('d')", None, "d"),
        ("v|default('d')", "", ""),
        ("v|d('d', true)", "", "d"),
        ("v|length", "four", "4"),
        ("v|count", [1, 2], "2"),
        ("v|first", ["a", "b"], "a"),
        ("v|last", "abc", "c"),
        ("v|join(', ')", ["a", 1, 2.5], "a, 1, 2.5"),
        ("v|join('+', 'k')", [{"k": "a"}, {"k": "b"}], "a+b"),
        ("v|join('+', attribute='k')", [{"k": "a"}], "a"),
        ("v|replace('a', 'bb')", "aca", "bbcbb"),
        ("v|truncate(9)", "one two three", "one two…"),
        ("v|truncate(9, true, '')", "one two three", "one two t"),
        ("v|truncate(20)", "one two three", "one two three"),
        ("v|sort|join", [3, 1, 2], "123"),
        ("v|sort(reverse=true)|join", ["a", "c", "b"], "cba"),
        ("(v|sort(attribute='k')|first).k", [{"k": 2}, {"k": 1}], "1"),
        ("v|unique|join", [2, 1, 2], "21"),
        ("v|unique|join(' ')", [10**20, "x", 10**20, 1, True, -(10**20)], f"{10**20} x 1 -{10**20}"),
        ("v|sum", [1, 2.5], "3.5"),
        ("v|sum('k')", [{"k": 1}, {"k": 2}], "3"),
        ("v|int", "12.7", "12"),
        ("v|int", "x", "0"),
        ("v|int(-1)", "x", "-1"),
        ("v|float", "2", "2.0"),
        ("v|abs", -3, "3"),
        ("v|round", 2.5, "2.0"),
        ("v|round(1)", 2.26, "2.3"),
        ("v|round(1, 'floor')", 2.29, "2.2"),
        ("v|round(0, 'ceil')", 2.1, "3.0"),
        ("v|number", 1234567, "1,234,567"),
        ("v|number(2)", "1234.5", "1,234.50"),
        ("v|date", "2026-12-01T09:05:00Z", "2026-12-01"),
        ("v|date('%-d %B %Y, %H:%M')", "2026-12-01T09:05:00Z", "1 December 2026, 09:05"),
        ("v|date('%a %b %e %I%p %%')", "2026-12-06T15:00:00+02:00", "Sun Dec 6 03PM %"),
        ("v|date('%d/%m/%y')", "2026-12-01", "01/12/26"),
        ("v|escape", "<b>", "&lt;b&gt;"),
        ("v|urlencode", "a b&c/d", "a%20b%26c%2Fd"),
        ("v|striptags", "<p>a &amp; <!-- <b> -->b</p>", "a & b"),
        ("v|nl2br", "a\nb", "a\nb"),
        ("v * 2 + 1", 3, "7"),
        ("v // 2", 7, "3"),
        ("v % 4", 7, "3"),
        ("v / 2", 7, "3.5"),
        ("-v", 7, "-7"),
        ("'yes' if v > 3 and v is number else 'no'", 7, "yes"),
        ("'yes' if v in ['a', 'b'] else 'no'", "b", "yes"),
        ("v is mapping", {}, "true"),
        ("v is odd and v is not even and v is divisibleby(3)", 9, "true"),
        ("v is even or v is divisibleby 4", -3, "false"),
        ("v is lower and not v is upper", "abc", "true"),
        ("v is upper", "ABC", "true"),
        ("1 < v <= 3 < 4", 3, "true"),
        ("1 < v < 3 < 4", 3, "false"),
        ("v == [1, 2] and v != [2] and 2 in v and 3 not in v", [1, 2], "true"),
        ("v in [[1], [2]] and v is in([[2]])", [2], "true"),
        ("'k' in v and v == v", {"k": "x"}, "true"),
        ("'b' in v and v not in 'ab' and v > 'aaa' and v is ge('abc')", "abc", "true"),
        ("v is eq 2 and v is ne(3) and v is lt(3) and v is le(2) and v is gt(1)", 2, "true"),
    ],
)
def test_a_filter_makes_a_text_of_a_value(expression: str, value: Any, text: str) -> None:
    assert of(expression, value) == text


@pytest.mark.parametrize(
    ("locale", "number", "date"),
    [
        ("en", "1,234.50", "Tuesday 1 December"),
        ("fr-CA", "1\u202f234,50", "mardi 1 décembre"),
        ("es", "1.234,50", "martes 1 diciembre"),
        ("ar", "1,234.50", "الثلاثاء 1 ديسمبر"),
        ("ja", "1,234.50", "Tuesday 1 December"),
    ],
)
def test_numbers_and_dates_are_written_in_the_readers_language(locale: str, number: str, date: str) -> None:
    assert of("v|number(2)", 1234.5, locale) == number
    assert of("v|date('%A %-d %B')", "2026-12-01", locale) == date


def test_line_ends_become_breaks_in_html_only() -> None:
    parts = {Part.EMAIL_HTML: "<p>{{ name|nl2br }}</p>", Part.EMAIL_TEXT: "{{ name|nl2br }}"}
    content = filled(parts, Channel.EMAIL, data={"name": "<a>\nb"})
    assert (content.html, content.body) == ("<p>&lt;a&gt;<br>\nb</p>", "<a>\nb")


@pytest.mark.parametrize(
    ("expression", "value", "detail"),
    [
        ("v", "x" * 50_001, "more than 50000 characters"),
        ("v", [1], "a list cannot be printed"),
        ("v", {"a": 1}, "an object cannot be printed"),
        ("v", 10**31, "a number cannot be printed"),
        ("v|upper", "x" * 50_001, "more than 50000 characters"),
        ("v|replace('x', 'xxx')", "x" * 30_000, "more than 50000 characters"),
        ("v|replace('', 'x')", "x", "needs a text to look for"),
        ("v|join('x')", ["x" * 20_000] * 3, "more than 50000 characters"),
        ("v|join", ["x"] * 1_001, "more than 1000 items"),
        ("v|sort|join", [1, "a"], "only numbers, or only texts"),
        ("v|first", [], "there is no first item"),
        ("v|sum", ["a"], "a text is no number"),
        ("v|length", 3, "a number has no length"),
        ("v|round(99)", 3, "a whole number from 0 to 10"),
        ("v * v", 10**10, "a number is no number that can be reckoned with"),
        ("v / 0", 1, "division by zero"),
        ("v + v", "a", "a text is no number"),
        ("v|date", "yesterday", "no date in ISO 8601"),
        ("v|date", "2026-13-01", "no such date"),
        ("v|date('%Q')", "2026-12-01", "no place %Q"),
        ("v|number", "many", "no number"),
        ("v|escape", "<" * 20_000, "more than 50000 characters"),
        ("v is odd", "%300000000d", "a text is no number"),
        ("v is divisibleby(0)", 1, "by zero"),
        ("v is divisibleby('%9d')", 1, "a text is no number"),
        ("v is lower", [1], "a list cannot be printed"),
        ("'a' in v", "a" * 50_001, "more than 50000 characters"),
        ("3 in v", "3", "a number cannot be looked for in a text"),
        ("v in 3", "3", "a text cannot be looked for in a number"),
        ("v in v", {"a": 1}, "an object cannot be looked for in an object"),
        ("v < 3", "x", "a text and a number have no order"),
        ("v is ge(none)", 2.5, "a number and null have no order"),
        ("v > [1]", ["x"], "a list and a list have no order"),
        ("v.k", {}, "there is no 'k' here"),
        ("v[3]", [], "there is no item 3 here"),
        ("v.k", 3, "a number has no 'k'"),
    ],
)
def test_what_a_filter_cannot_do_is_said(expression: str, value: Any, detail: str) -> None:
    fine = f"{{% if go is defined %}}{{{{ {expression} }}}}{{% endif %}}x"
    schema = {"type": "object", "properties": {"v": {}, "go": {}}}
    with pytest.raises(TemplateError, match=detail):
        said(fine, schema=schema, sample={}, data={"v": value, "go": True})
