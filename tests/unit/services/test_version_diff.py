"""Two versions side by side."""

from msgspec.structs import replace

from chalicelib.domain.ids import FragmentKey
from chalicelib.domain.template import Locale, Part
from chalicelib.domain.words import Channel
from chalicelib.services.version_diff import MOST_LINES, changes_between
from tests.store.test_templates import EN, FR, a_version

FIRST = a_version()


def test_the_same_has_no_differences() -> None:
    assert changes_between(FIRST, replace(FIRST, number=2, note="Other", created_by="somebody")) == []


def test_each_difference_stands_where_it_is() -> None:
    said = {EN: {**FIRST.localizations[EN], Part.EMAIL_HTML: "<b>"}, Locale("de"): {Part.ACTION_URL: "x"}}
    other = replace(
        FIRST,
        number=2,
        localizations=said,
        channels=(Channel.SMS,),
        layout=None,
        sample={"id": "43"},
        fragments={FragmentKey("main"): "new"},
    )
    assert [change.pointer for change in changes_between(FIRST, other)] == [
        "/channels",
        "/fragments/main",
        "/layout",
        "/localizations/de/actionUrl",
        "/localizations/en/email/html",
        f"/localizations/{FR}/actionUrl",
        f"/localizations/{FR}/sms/text",
        "/sample",
    ]


def test_a_difference_is_told_line_by_line() -> None:
    lines = [f"line {number}" for number in range(20)]
    before = replace(FIRST, localizations={EN: {Part.SMS_TEXT: "\n".join(lines)}})
    after = replace(before, number=2, localizations={EN: {Part.SMS_TEXT: "\n".join([*lines[:10], "x", *lines[11:]])}})
    (change,) = changes_between(before, after)
    assert [line for line in change.diff.splitlines() if line[0] in "+-"] == ["--- 1", "+++ 2", "-line 10", "+x"]


def test_very_long_texts_are_told_as_a_whole() -> None:
    text = "\n".join(map(str, range(MOST_LINES)))
    before = replace(FIRST, localizations={EN: {Part.SMS_TEXT: text}})
    after = replace(before, number=2, localizations={EN: {Part.SMS_TEXT: f"{text}\nx"}})
    (change,) = changes_between(before, after)
    assert change.diff.splitlines()[2:4] == ["-0", "-1"]
    assert len(change.diff.splitlines()) == 2 * MOST_LINES + 3
