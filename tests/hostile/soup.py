"""HTML that no author writes: tags in any order, few of them closed, with what readers of HTML stumble over. A seed
always makes the same.
"""

import random
from collections.abc import Callable, Iterator

FORMATTING = ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
OTHERS = (
    *("p", "div", "table", "td", "tr", "th", "caption", "tbody", "ul", "li", "dd", "dt", "span", "h1", "button", "br"),
    *("section", "address", "hr", "colgroup", "col", "ruby", "rt", "pre", "center", "form", "body", "html", "x", "a"),
    *("style", "script", "title", "textarea", "svg", "math", "select", "option", "object", "template", "noscript"),
)
NOISE = (
    *("x", "<!--", "-->", "<!-->", "<!--->", "--!>", "<b k='", "'>", "</b x='>'>", '"', "<", "/>", "</", "</>", "<?x>"),
    *(
        "<![CDATA[",
        "]]>",
        "<b/k>",
        "<B\f>",
        "</b\x0b>",
        "<b =>",
        "<i k=a'b>",
        "</stri\u212ae>",
        "<b\0>",
        "<!x title='>",
    ),
)


def soup(seed: int, tags: int) -> str:
    """Return HTML of about so many tags."""
    chance = random.Random(seed)
    formatting = chance.sample(FORMATTING, chance.choice((1, 2, 4, len(FORMATTING))))
    others = chance.sample(OTHERS, chance.choice((2, 3, 5, 8, len(OTHERS))))
    repeats = chance.choice((1, 3, 10))
    kinds = chance.choices(("begin", "end", "open", "close", "noise"), (30, 20, 25, 17, 8), k=tags // repeats)
    made: dict[str, Callable[[int], str]] = {
        "begin": lambda at: f"<{chance.choice(formatting)} title={at if chance.random() < 0.5 else at % 4}>",
        "end": lambda _: f"</{chance.choice(formatting)}>",
        "open": lambda _: f"<{chance.choice(others)}>",
        "close": lambda _: f"</{chance.choice(others)}>",
        "noise": lambda _: chance.choice(NOISE),
    }
    return "".join(made[kind](at) for at, kind in enumerate(kinds)) * repeats


def repeated(count: int, opened: int, closed: str, tag: str = "<b title={}>") -> str:
    """Return HTML that opens elements and has readers open them again and again."""
    return "<p>" + "".join(tag.format(number) for number in range(opened)) + closed * count


def bombs() -> Iterator[str]:
    """Yield small HTML that grows large."""
    for opened in (1, 4, 30, 200, 1_000):
        for closed in ("<p>x", "</p><p>x</p>", "<li>x", "<table><td>x", "</p>x<p>", "<a>x<div>"):
            for tag in (
                "<b title={}>",
                "<font title={} style='color:rgb(1,2,3)'>",
                "<i>",
                "<a href=https://a.example/{}>",
            ):
                for count in (300, 2_000):
                    html = repeated(count, opened, closed, tag)
                    if len(html) <= 50_000:
                        yield html
    yield from (repeated(1_000, 1, "<p>x", f"<b title='{'&' * size}'>") for size in (100, 1_000, 40_000))
    yield from (repeated(1_000, 1, "<p>x", f"<b {' '.join(f'a{n}' for n in range(size))}>") for size in (100, 7_000))
    yield "".join(f"<b title={number}><table><tr><td></b></table>" for number in range(500)) + "<p>x" * 2_000
    yield "".join(f"<b><i><u title={number}><s>{'<div>' * 8}</b></i></u></s>" for number in range(400))
    yield "".join(f"<b title={number}>{'<div>' * 8}" for number in range(100)) + "</b>" * 900
    yield "<div>" * 4_900
    yield "<table><td>" * 2_400
    yield "<table>" + "<b>x<tr>" * 1_500
    yield from (f"<b title={name}>" * 3 + f"<{name}></b>" * 900 + "<p>x" * 1_000 for name in OTHERS)
