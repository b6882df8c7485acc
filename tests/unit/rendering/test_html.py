"""HTML when it is saved: what data may bring where, style sheets, and the text that is made of it."""

import re
from html import unescape

import pytest

from chalicelib.domain.template import Part
from chalicelib.domain.words import Channel
from chalicelib.services.ports.templates import TemplateError
from tests.unit.rendering.saving import DATA, faults, filled, saved


def html_of(source: str) -> str:
    return saved({Part.EMAIL_HTML: source})[Part.EMAIL_HTML]


def text_of(source: str) -> str:
    return saved({Part.EMAIL_HTML: source})[Part.EMAIL_TEXT]


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("<p>x</p><script>y</script>", "unsafe_html", 9),
        ("<p onclick='x'>", "unsafe_html", 4),
        ("<a href='javascript:x'>y</a>", "unsafe_html", 10),
        ("<a href='&#106;ava\tscript:x'>y</a>", "unsafe_html", 10),
        ("<a href='java{{ name }}'>y</a>", "unsafe_place", 14),
        ("<p title={{ name }}>", "unsafe_place", 10),
        ("<p {{ name }}>", "unsafe_place", 4),
        ("<{{ name }}>", "unsafe_place", 1),
        ("<scr{% if n %}ipt{% endif %}>", "unsafe_place", 15),
        ("<style>p { color: {{ name }} }</style>", "unsafe_place", 19),
        ("<p style='width: expression(1)'>", "unsafe_html", 11),
        ("<meta http-equiv='refresh' content='0'>", "unsafe_html", 19),
        ("<p {% if n %}class='a'{% else %}class='b'{% endif %}>x</p>", "unsafe_html", 33),
        ("<p>never <!-- closed", "unsafe_html", 10),
        ("<meta http-equiv='{{ name }}'>", "unsafe_place", 19),
        ("<meta http-equiv='re{% if n %}{% endif %}fresh'>", "unsafe_place", 21),
        ("<p style='expr{# #}ession(1)'>", "unsafe_html", 20),
        ("<p style='b\\65 havior: url(x)'>", "unsafe_html", 11),
        ("<style>p { width: exp/**/ression(1) }</style>", "unsafe_html", 8),
        ("<img lowsrc='java{{ name }}'>", "unsafe_place", 18),
        ("<v:rect o:href='javascript:x'>", "unsafe_html", 17),
        ("<p>x</p><![foo[x]]>", "unsafe_html", 9),
        ("<p>x</p><![ if x]>", "unsafe_html", 9),
        ("<p>x</p><![x", "unsafe_html", 9),
        ("<p>&#" + "9" * 5_000 + ";</p>", "unsafe_html", 1),
        ("<p style='&#" + "9999999{# #}" * 700 + ";'>x</p>", "unsafe_html", 1),
        ("<b>" * 101, "too_deep", 301),
        ("<br>" * 5_001, "too_large", 1),
        ("<style>b{color:red}</style><p {% if n %}class='a'{% endif %} title='b'>x</p>", "not_inlined", None),
        ("<style>b{color:red}</style>{% if n %}<div>{% else %}<div>{% endif %}</div>", "not_inlined", None),
    ],
)
def test_what_runs_or_could_is_refused(source: str, code: str, column: int | None) -> None:
    fault = faults({Part.EMAIL_HTML: source})[0]
    assert (fault.pointer, fault.code, fault.line) == ("/localizations/en/email/html", code, 1)
    assert column in (None, fault.column)


@pytest.mark.parametrize(
    "source",
    [
        "<!-->{}<!-- -->",
        "<!--->{}<!-- -->",
        "<!-- --!>{}<!-- -->",
        "<!-- --{{# #}}>{}<!-- -->",
        "<!-- -- {{#- #}}>{}<!-- -->",
        "<!{{# #}}-- x --><p title='>{}'>",
        "<!-{{# #}}- > <p title='-->{}'>",
        "<!x title='>{}'>",
        "<?x title='>{}'>",
        "<![CDATA[ title='>{}'>",
        "</ title='>{}'>",
        "</ <p title='>{}'>",
        "<p\u00a0title='>{}'>",
        "<p title=\u00a0'>{}'>",
        "<p title=x\u2003y='>{}'>",
        "<title></title\u00a0></title>{}",
        "<!--[if mso]>{}<![endif]-->",
    ],
)
def test_no_script_hides_where_browsers_read_html_otherwise(source: str) -> None:
    found = faults({Part.EMAIL_HTML: source.format("<script>x</script>")})
    assert {fault.code for fault in found} <= {"unsafe_html", "unsafe_place"}
    assert found


@pytest.mark.parametrize("source", ["<scr {#- #}ipt>x</p>", "<p o {#- #}nclick='x'>", "< {#- #}script>x</p>"])
def test_white_space_that_a_tag_takes_away_does_not_part_names(source: str) -> None:
    assert faults({Part.EMAIL_HTML: source})[0].code == "unsafe_place"


@pytest.mark.parametrize("place", ["<p title='{}'>x</p>", '<p title="{}">x</p>', "<title>{}</title>x", "x<!--{}-->"])
@pytest.mark.parametrize("harm", ["""<b title=" onclick=x ">bold</b>""", """<b title="' onclick=x '">bold</b>"""])
def test_html_in_data_cannot_leave_an_attribute(place: str, harm: str) -> None:
    source = place.format("{{ story|default('') }}")
    content = filled({Part.EMAIL_HTML: source, Part.EMAIL_TEXT: "x"}, Channel.EMAIL, data={"story": harm})
    assert content.html == place.format("bold")


def test_what_only_outlook_shows_is_guarded_as_all_is() -> None:
    source = "x<!--[if mso]><v:rect href='{{ url }}' style='width: {{ n }}px'>{{ name }}</v:rect><![endif]-->"
    with pytest.raises(TemplateError, match="a link needs the scheme https"):
        filled({Part.EMAIL_HTML: source}, Channel.EMAIL, data={"url": "javascript:x"})
    content = filled({Part.EMAIL_HTML: source}, Channel.EMAIL)
    assert content.html == (
        "x<!--[if mso]><v:rect href='https://acme.example/1' style='width: 1234.5px'>Ann &amp; Bob</v:rect><![endif]-->"
    )


@pytest.mark.parametrize(
    "source",
    [
        "<a href='https://acme.example/{{ name|urlencode }}'>x</a>",
        "<a href='{{ url }}'>x</a>",
        "<a href='{% if n > 3 %}{{ url }}{% else %}https://acme.example/{% endif %}'>x</a>",
        "<a href='mailto:help@acme.example'>x</a>",
        "<a href='#top'>x</a>",
        "<p {% if n %}class='a'{% endif %} title='{{ name }}'>x</p>",
        "<p class='a {% if n %}b{% endif %}'>x</p>",
        "<p style='width: {{ n }}px'>x</p>",
        "<meta http-equiv='X-UA-Compatible' content='IE=edge'>",
        "<!--[if mso]><table><tr><td>{{ name }}<![endif]-->",
        "<!--[if !mso]><!--><p>{{ name }}</p><!--<![endif]-->",
        "<!DOCTYPE html><p>x</p><!-- {{ name }}-->",
        "<![if !mso]><p>x</p><![endif]>",
        "<p>x</p><![CDATA[x]]>",
        "<p style='width: 100%\\9'>x</p>",
        "<p>a &lt; b, 1 < 2</p>",
    ],
)
def test_what_mails_are_made_of_stays_as_it_is(source: str) -> None:
    kept = re.sub(r"\{\{ \( (.*?) \)\|(link|style|plain) \}\}", r"{{ \1 }}", html_of(source))
    assert kept.replace("{{ (name|urlencode) }}", "{{ name|urlencode }}") == source


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", "https://a@b.example/", "a b"])
def test_data_cannot_bring_a_link_that_runs(url: str) -> None:
    with pytest.raises(TemplateError, match="a link needs the scheme https"):
        filled({Part.EMAIL_HTML: "<a href='{{ url }}'>x</a>"}, Channel.EMAIL, data={"url": url})


def test_data_cannot_leave_its_style() -> None:
    with pytest.raises(TemplateError, match="a style takes"):
        filled(
            {Part.EMAIL_HTML: "<p style='color: {{ coupon|default('') }}'>x</p>"},
            Channel.EMAIL,
            data={"coupon": "x;y:z"},
        )


def test_style_sheets_move_into_the_elements_and_tags_of_jinja_stay_where_they_are() -> None:
    source = """<html><head><style>td { color: red } @media (max-width: 9px) { td { color: blue } }</style></head><body>
<table>{% for line in lines %}<tr><td title="{{ name }}">{{ line.title }}</td></tr>{% endfor %}</table>
<p class="{% if n %}x{% endif %}">{# note #}&#123;{ name }</p></body></html>"""
    inlined = html_of(source)
    assert (
        '{% for line in lines %}<tr><td title="{{ ( name )|plain }}" style="color: red;">{{ line.title }}</td>'
        in inlined
    )
    assert "{% endfor %}</table>" in inlined
    assert "@media (max-width: 9px)" in inlined
    content = filled({Part.EMAIL_HTML: source}, Channel.EMAIL)
    assert content.html is not None
    assert "{{ name }</p>" in content.html
    assert content.html.count("<tr>") == 2


@pytest.mark.parametrize("sheet", ["", "<style>p{color:red}</style>"])
@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ("{% raw %}{{ x }} {% y %} {# z #}{% endraw %}", "{{ x }} {% y %} {# z #}"),
        ("a  {%- raw -%}  {{ x }}  {%- endraw -%}  b", "a{{ x }}b"),
        ("{% raw %}{{% endraw %}{{ n }}", "{1234.5"),
        ("&#123;{{ n }}", "{1234.5"),
        ("{% raw %}&#123;% endraw %}{% endraw %}", "{% endraw %}"),
    ],
)
def test_raw_text_is_said_as_it_was_written(sheet: str, quoted: str, said: str) -> None:
    content = filled({Part.EMAIL_HTML: f"{sheet}<p title='{quoted}'>{quoted}</p>"}, Channel.EMAIL)
    assert content.body == said
    assert unescape(content.html or "").count(said) == 2


@pytest.mark.parametrize("shown", ["{{ url }}", "{{ url|e }}", "{{ url|trim|escape|e }}"])
def test_a_link_is_escaped_once(shown: str) -> None:
    url = "https://acme.example/?a=1&b=2&copy=3"
    content = filled({Part.EMAIL_HTML: f'<a href="{shown}">x</a>'}, Channel.EMAIL, data={"url": url})
    assert content.html == '<a href="https://acme.example/?a=1&amp;b=2&amp;copy=3">x</a>'
    assert content.body == f"x ({url})"


@pytest.mark.parametrize(
    ("shown", "harm"),
    [
        ("{{ url|e }}", "&#106;avascript:alert(1)"),
        ("{{ url|e }}", "javascript:alert(1)"),
        ("{{ url|e }}", 'https://x.example/" onclick=x'),
        ("{{ story|default(url) }}", "javascript&#58;alert(1)"),
        ("{{ story|default(url) }}", "java&#9;script:alert(1)"),
    ],
)
def test_what_was_escaped_is_checked_as_browsers_read_it(shown: str, harm: str) -> None:
    with pytest.raises(TemplateError, match="a link needs the scheme https"):
        filled({Part.EMAIL_HTML: f'<a href="{shown}">x</a>'}, Channel.EMAIL, data={"url": harm, "story": harm})


def test_a_style_that_was_escaped_is_checked_as_browsers_read_it() -> None:
    source = "<p style='color: {{ coupon|default(name)|e }}'>x</p>"
    with pytest.raises(TemplateError, match="a style takes"):
        filled({Part.EMAIL_HTML: source}, Channel.EMAIL, data={"coupon": "red&#59;x"}, sample={**DATA, "name": "red"})


def test_a_mail_without_text_gets_the_text_of_its_html() -> None:
    source = """<html><head><title>T</title><style>p{}</style></head><body><h1>Hi {{ name }}</h1>
<p>See   <a href="{{ url }}">your order</a>.<br>Thanks &amp; bye</p>
<ul>{% for line in lines %}<li>{{ line.title }}</li>{% endfor %}</ul><img src="https://x.example/a.png" alt="Logo">
<a href="https://acme.example">https://acme.example</a></body></html>"""
    content = filled({Part.EMAIL_HTML: source}, Channel.EMAIL)
    assert content.body.split("\n") == [
        "Hi Ann & Bob",
        "",
        "See your order (https://acme.example/1).",
        "Thanks & bye",
        "",
        "- Tea",
        "- Cup",
        "",
        "Logo https://acme.example",
    ]


def test_html_that_says_nothing_is_made_ready() -> None:
    assert saved({Part.EMAIL_HTML: ""}) == {Part.EMAIL_HTML: "", Part.EMAIL_TEXT: ""}


def test_a_text_that_was_written_is_not_replaced() -> None:
    assert saved({Part.EMAIL_HTML: "<p>a</p>", Part.EMAIL_TEXT: "b"})[Part.EMAIL_TEXT] == "b"


def test_html_in_data_is_shown_only_where_the_schema_says_so_and_made_harmless() -> None:
    source = "<p>{{ name }}</p>{% if story is defined %}{{ story }}{% endif %}"
    story = "<b onclick='x'>bold</b><script>y</script>"
    content = filled({Part.EMAIL_HTML: source}, Channel.EMAIL, data={"name": story, "story": story})
    assert content.html == (
        "<p>&lt;b onclick=&#39;x&#39;&gt;bold&lt;/b&gt;&lt;script&gt;y&lt;/script&gt;</p><b>bold</b>"
    )
    text = "{% if story is defined %}{{ story }}{% endif %}!"
    assert filled({Part.SMS_TEXT: text}, data={"story": story}).body == "bold!"
