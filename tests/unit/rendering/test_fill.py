"""What channels say, in which language, and what does not get out."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from bench.render.order import ORDER
from bench.render.rounds import filling, rendering
from chalicelib.domain.template import Locale, Part
from chalicelib.domain.words import Channel
from chalicelib.rendering.bounded import Bounded
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.ports.templates import About, TemplateError
from tests.unit.rendering.saving import ABOUT, DATA, ENGLISH, TENANT, a_version, filled, said, saved

PARTS = {
    Part.EMAIL_SUBJECT: "Subject {{ n }}",
    Part.EMAIL_TEXT: "Text for {{ name }}",
    Part.PUSH_TITLE: "Push",
    Part.PUSH_BODY: "Body",
    Part.ACTION_URL: "{{ url }}",
}


@pytest.mark.parametrize(
    ("channel", "subject", "body"),
    [
        (Channel.EMAIL, "Subject 1234.5", "Text for Ann & Bob"),
        (Channel.SMS, None, "Body"),
        (Channel.PUSH, "Push", "Body"),
        (Channel.WHATSAPP, None, "Body"),
        (Channel.IN_APP, "Push", "Body"),
        (Channel.CHAT, "Push", "Body"),
        (Channel.ALERT, "Push", "Body"),
        (Channel.WEBHOOK, "Push", "Body"),
    ],
)
def test_a_channel_says_its_own_parts_or_those_of_another(channel: Channel, subject: str | None, body: str) -> None:
    content = filled(PARTS, channel)
    assert (content.subject, content.body, content.action_url) == (subject, body, "https://acme.example/1")


@pytest.mark.parametrize(
    ("part", "channel", "missing"),
    [
        (Part.EMAIL_SUBJECT, Channel.SMS, "sms.text"),
        (Part.PUSH_TITLE, Channel.PUSH, "push.body"),
        (Part.EMAIL_SUBJECT, Channel.EMAIL, "email.text"),
        (Part.CHAT_TITLE, Channel.ALERT, "alert.summary"),
    ],
)
def test_what_a_template_lacks_to_say_something_on_a_channel_is_named(
    part: Part, channel: Channel, missing: str
) -> None:
    with pytest.raises(TemplateError, match=f"says nothing on {channel}: it has no {missing}"):
        filled({part: "x"}, channel)


def test_a_text_of_which_nothing_is_left_is_no_message() -> None:
    with pytest.raises(TemplateError, match="nothing is left"):
        said("{% if n > 5000 %}x{% endif %}")


def test_whatsapp_templates_get_a_parameter_a_line_whatever_the_data_brings() -> None:
    parts = {Part.WHATSAPP_TEMPLATE: "order_42", Part.WHATSAPP_PARAMETERS: "{{ name }}\n\n{{ n }} {{ url }}\n"}
    content = filled(parts, Channel.WHATSAPP, locale="pt-BR", data={"name": "Ann\nBob\t x"})
    assert content.whatsapp.template is not None
    assert (content.whatsapp.template.name, content.whatsapp.template.language) == ("order_42", "pt_BR")
    (body,) = content.whatsapp.template.components
    assert [each["text"] for each in body["parameters"]] == ["Ann Bob x", "1234.5 https://acme.example/1"]


def test_push_has_an_image() -> None:
    assert filled({**PARTS, Part.PUSH_IMAGE: "{{ url }}"}, Channel.PUSH).push.image == "https://acme.example/1"


@pytest.mark.parametrize("text", ["a\nb", "a\r\nBcc: x@y.example", "a\x00b", "a\u2028b", "a\x85b"])
@pytest.mark.parametrize("part", [Part.EMAIL_SUBJECT, Part.IN_APP_TITLE, Part.ALERT_SUMMARY])
def test_data_cannot_break_a_header(part: Part, text: str) -> None:
    channel = part.channel
    assert channel is not None
    with pytest.raises(TemplateError, match=r"line break or another control character|U\+0000"):
        filled({part: "{{ name }}", Part.SMS_TEXT: "x"}, channel, data={"name": text})


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "a\x0bb", "\x7f", "\ud800", "\ud83d\ude00"])
@pytest.mark.parametrize("part", [Part.EMAIL_HTML, Part.EMAIL_TEXT, Part.SMS_TEXT, Part.EMAIL_SUBJECT])
def test_data_cannot_bring_what_no_text_may_carry(part: Part, text: str) -> None:
    parts = {Part.SMS_TEXT: "x", Part.EMAIL_TEXT: "x", part: "{{ name }}"}
    channel = part.channel
    assert channel is not None
    with pytest.raises(TemplateError, match=r"the character U\+"):
        filled(parts, channel, data={"name": text})


def test_line_ends_and_marks_of_writing_stay_in_texts() -> None:
    text = "a\r\nb\tc\u2028d\u200f\ufeffe\u202ef"
    assert said("{{ name }}", data={"name": text}) == text


def test_data_cannot_turn_a_header_around() -> None:
    parts = {**PARTS, Part.EMAIL_SUBJECT: "Invoice {{ name }}"}
    assert filled(parts, Channel.EMAIL, data={"name": "\u202dx\u202egpj.exe"}).subject == "Invoice xgpj.exe"
    kept = "\u2067\u05d0\u2069\u200f"
    assert filled(parts, Channel.EMAIL, data={"name": kept}).subject == f"Invoice {kept}"


def test_white_space_around_a_header_is_no_part_of_it() -> None:
    assert filled({**PARTS, Part.EMAIL_SUBJECT: "\n Hi \n"}, Channel.EMAIL).subject == "Hi"


@pytest.mark.parametrize(
    ("url", "schemes", "is_fine"),
    [
        ("https://a.example/x", (), True),
        ("shop://x", ("https", "shop"), True),
        ("shop://x", ("https",), False),
        ("http://a.example", ("https",), False),
        ("javascript:x", ("https",), False),
        ("https://a@b.example", ("https",), False),
        ("", ("https",), True),
    ],
)
def test_an_action_needs_an_allowed_scheme(url: str, schemes: tuple[str, ...], is_fine: bool) -> None:
    about = About(ABOUT.recipient, ABOUT.tenant, url_schemes=schemes)
    try:
        assert filled(PARTS, about=about, data={"url": url}).action_url == (url or None)
    except TemplateError:
        assert not is_fine
    else:
        assert is_fine


def test_it_is_said_in_the_first_language_there_is() -> None:
    ready = {Locale(tag): {Part.SMS_TEXT: f"{tag} {{{{ locale }}}} {{{{ dir }}}}"} for tag in ("en", "ar", "fr")}
    renderer, version = Renderer(), a_version(ready)

    def in_(*languages: str) -> str:
        wanted = [Locale(tag) for tag in languages]
        return renderer.fill(TENANT, version, Channel.SMS, wanted, DATA, ABOUT).body

    assert in_("fr-CA", "fr", "en") == "fr fr ltr"
    assert in_("ar", "en") == "ar ar rtl"
    assert in_("de") == "en en ltr"
    with pytest.raises(TemplateError, match="no language"):
        renderer.fill(TENANT, a_version({}), Channel.SMS, [ENGLISH], DATA, ABOUT)


def test_a_template_made_anew_is_not_taken_for_the_one_before() -> None:
    renderer = Renderer()
    for text in ("one", "two"):
        version = a_version({ENGLISH: {Part.SMS_TEXT: text}})
        assert renderer.fill(TENANT, version, Channel.SMS, [ENGLISH], DATA, ABOUT).body == text


def test_only_what_was_asked_for_last_is_kept() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    kept: Bounded[str, str] = Bounded(2)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert kept.get(name, partial(make, name)) == name.upper()
    assert made == ["a", "b", "c", "b"]
    assert len(kept) == 2
    assert kept.get("a", lambda: "new", lambda value: value == "B") == "new"


def test_threads_share_a_renderer() -> None:
    renderer = Renderer()
    version = a_version({ENGLISH: saved({Part.SMS_TEXT: "{% for l in lines %}{{ l.title|upper }}{% endfor %}{{ n }}"})})

    def fill(number: int) -> str:
        return renderer.fill(TENANT, version, Channel.SMS, [ENGLISH], {**DATA, "n": number}, ABOUT).body

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(fill, range(400))) == [f"TEACUP{number}" for number in range(400)]


def test_what_was_stored_is_not_trusted_either() -> None:
    version = a_version({ENGLISH: {Part.SMS_TEXT: "{{ name.upper() }}"}})
    with pytest.raises(TemplateError, match="no calls"):
        Renderer().fill(TENANT, version, Channel.SMS, [ENGLISH], DATA, ABOUT)


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("{% for l in lines %}" + "x" * 2_000 + "{{ name }}{% endfor %}", "says more than 500000 characters"),
        ("{% for l in lines %}" + "{% if n %}{% endif %}" * 300 + "{% endfor %}", "too many steps"),
    ],
)
def test_a_template_that_does_too_much_is_ended(source: str, detail: str) -> None:
    with pytest.raises(TemplateError, match=detail):
        said(source, data={"lines": [{"title": "", "price": 1}] * 1_000})


@pytest.mark.parametrize(
    "source",
    [
        "{% for l in lines %}{{ l.title }}{% endfor %}",
        "{% for l in lines %}{% if l.title is defined %}{% endif %}{% endfor %}",
        "{% for l in lines if l.price is defined %}{% endfor %}",
        "{% for l in lines %}{% if loop.last %}{% endif %}{% endfor %}",
        "{% if lines|unique %}{% endif %}",
        "{% if lines[0].title == 'y' %}{% endif %}",
        "{% if lines[0].title is lower %}{% endif %}",
    ],
)
def test_a_template_that_takes_too_long_is_ended_whether_it_says_anything_or_not(source: str) -> None:
    seconds = iter(range(1_000))
    renderer = Renderer(clock=lambda: float(next(seconds)))
    version = a_version({ENGLISH: {Part.SMS_TEXT: source}})
    with pytest.raises(TemplateError, match="takes too long"):
        renderer.fill(TENANT, version, Channel.SMS, [ENGLISH], {"lines": [{"title": "x"}] * 100}, ABOUT)


def test_the_order_confirmation_says_what_bare_jinja_says() -> None:
    parts = Renderer().ready(ORDER)[ENGLISH]
    assert filling(parts)() == rendering(parts)()


def test_nothing_heavy_is_loaded_before_there_is_a_template() -> None:
    code = (
        "import sys\nimport chalicelib.rendering.sanitize\nfrom chalicelib.rendering.renderer import Renderer\n"
        "Renderer()\nsys.exit(' '.join({'jinja2', 'css_inline', 'jsonschema_rs', 'nh3'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.strip() == ""
