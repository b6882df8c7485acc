"""Hostile templates by the thousand: grown from a grammar of what authors might try, then broken here and there. A seed
always grows the same ones.
"""

import random
from collections.abc import Iterator

from tests.hostile.case import Case

NAMES = ("s", "n", "xs", "rows", "o", "url", "html", "canary", "x", "loop", "recipient", "tenant", "locale", "unknown")
KEYS = ("k", "inner", "deep", "a", "__class__", "__globals__", "items", "index", "length", "format", "upper", "_x")
FILTERS = [
    "upper",
    "lower",
    "title",
    "trim",
    "length",
    "first",
    "last",
    "join",
    "replace(s,s)",
    "truncate(3)",
    "round(2)",
    "int",
    "float",
    "abs",
    "number(2)",
    "date",
    "striptags",
    "urlencode",
    "escape",
    "nl2br",
    "default('d')",
    "sort",
    "unique",
    "sum",
    "safe",
    "attr('__class__')",
    "center(10**9)",
    "tojson",
    "list",
    "map('upper')",
    "format(s)",
    "link",
    "style",
    "replace('x',s)",
    "join(s)",
    "default(s)|join",
    "truncate(10**9)",
    "batch(10**9)",
    "e|e|e",
]
TESTS = (
    "defined",
    "none",
    "string",
    "number",
    "mapping",
    "even",
    "divisibleby(0)",
    "callable",
    "in xs",
    "sameas(s)",
    "odd",
    "upper",
    "lower",
    "eq xs",
    "in s",
)
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "~", "==", "<", "in", "and", "or", "not in")
CONSTANTS = (
    "1",
    "0",
    "-1",
    "999999999999",
    "10**9",
    "1e308",
    "'a'",
    "''",
    "'%s'",
    "'{0.__class__}'",
    "'%300000000d'",
    "'\\ud800'",
    "none",
    "true",
    "[]",
    "()",
    "{}",
)
MARKUP = (
    "<p>",
    "</p>",
    "<a href='",
    "'>",
    '<a href="',
    '">',
    "<script>",
    "<style>p{color:red}",
    "</style>",
    "<table><tr><td>",
    "</td></tr></table>",
    "<img src=",
    " onerror=",
    "<!--",
    "-->",
    "<p style='width:",
    "<",
    "&#123;{",
    "javascript:",
    "text ",
    "\n",
)
NOISE = (
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%-",
    "-%}",
    "|",
    ".",
    "(",
    ")",
    "[",
    "]",
    "'",
    '"',
    "\\",
    "\x00",
    "\ufeff",
    "\r\n",
    "\u2028",
    "~",
)


TAME = (
    "{{ s }}",
    "{{ s|upper|lower|title|trim|capitalize }}",
    "{{ s|replace('t', s)|truncate(30) }}",
    "{{ s|striptags|escape|nl2br }}",
    "{{ s|urlencode }}",
    "{{ html }}",
    "<div>{{ html }}</div>",
    "{{ n|round(2) }} {{ n|number(2) }} {{ n|int }} {{ n * 3 + 1 }}",
    "{{ xs|join(s) }}",
    "{{ xs|sort|join }}{{ xs|unique|length }}",
    "{% for x in xs %}{{ loop.index }}{{ x }}{% else %}none{% endfor %}",
    "{% for x in xs %}{% if x == s %}{{ s|upper }}{% else %}{{ x|e }}{% endif %}{% endfor %}",
    "{% for r in rows %}{{ r.a }}{{ r['b'] }}{% endfor %}",
    "{% if s in xs and n > 0 or not html %}{{ o.k }}{% endif %}",
    "<p title='{{ s }}' style='width: {{ n }}px'>{{ s }}</p>",
    "<a href='{{ url }}'>{{ s }}</a>",
    "{{ canary|default(s) if s is mapping else s }}",
    "{{ s|default(html) }}{{ o.missing|default(s) }}",
)


class Grower:
    """Grows templates."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def case(self, number: int) -> Case:
        """Return a template, with data that fits it or does not."""
        if number % 4 == 0:
            return self._tame(number)
        source = "".join(self._node(3) for _ in range(self._chance.randint(1, 8)))
        if self._chance.random() < 0.3:
            source = self._broken(source)
        if self._chance.random() < 0.05:
            source *= self._chance.choice((20, 200))
        fragments = {key: self._node(2) for key in ("a", "b")} if self._chance.random() < 0.2 else {}
        return Case(name=f"grown {number}: {source[:80]!r}", source=source, fragments=fragments, data=self._data())

    def _tame(self, number: int) -> Case:
        """Return a template that can be saved: the harm is in its data."""
        source = "".join(self._chance.choice(TAME) for _ in range(self._chance.randint(1, 12)))
        return Case(name=f"grown tame {number}: {source[:80]!r}", source=source, data=self._data())

    def _data(self) -> dict[str, object]:
        pick = self._chance.choice
        return {
            "s": pick(
                ("text", "<script>x</script>", "{{ s.__class__ }}", "a\r\nb", "x" * 40_000, "&<>'\"" * 5_000, "", "1e9")
            ),
            "n": pick((0, 1, -5, 2.5, 10**18, 10**200, 1e308)),
            "xs": pick((["a", "b"], [], ["x" * 1_000] * 500, [[]], ["<b>"] * 999, [None, 1, "a"])),
            "html": pick(("<b>x</b>", "<script>x</script>", "<p " * 5_000, "<b>" * 500)),
            "url": pick(("https://x.example/1", "javascript:alert(1)", "", "x" * 5_000, "tel:1")),
        }

    def _node(self, depth: int) -> str:
        pick = self._chance.random()
        if pick < 0.35 or depth == 0:
            return "{{" + f"{self._sign()} {self._expression(3)} {self._sign()}" + "}}"
        if pick < 0.5:
            yes, no = self._node(depth - 1), self._node(depth - 1)
            return f"{{% if {self._expression(2)} %}}{yes}{{% else %}}{no}{{% endif %}}"
        if pick < 0.62:
            iterated = self._chance.choice(("xs", "rows", "o", "s", "canary", "o.inner", self._expression(1)))
            return f"{{% for x in {iterated} %}}{self._node(depth - 1)}{{% endfor %}}"
        if pick < 0.92:
            return self._chance.choice(MARKUP)
        return self._chance.choice(
            (
                "{% include 'a' %}",
                "{% set x = s %}",
                "{% raw %}{{ s }}{% endraw %}",
                "{# c #}",
                "{% macro m() %}{% endmacro %}",
                "{% autoescape false %}{{ s }}{% endautoescape %}",
                "{% extends 'a' %}",
            )
        )

    def _expression(self, depth: int) -> str:  # noqa: PLR0911 (a kind of expression each)
        pick = self._chance.random()
        if depth == 0 or pick < 0.25:
            return self._chance.choice(NAMES)
        inner = self._expression(depth - 1)
        if pick < 0.4:
            return f"{inner}.{self._chance.choice(KEYS)}"
        if pick < 0.48:
            return f"{inner}[{self._chance.choice((repr(self._chance.choice(KEYS)), '0', '-1', 's', ':1'))}]"
        if pick < 0.7:
            return f"({inner})|{self._chance.choice(FILTERS)}"
        if pick < 0.76:
            return f"({inner}) is {self._chance.choice(TESTS)}"
        if pick < 0.9:
            return f"({inner}) {self._chance.choice(OPERATORS)} {self._expression(depth - 1)}"
        if pick < 0.95:
            return self._chance.choice(CONSTANTS)
        return self._chance.choice(
            (f"{inner}()", f"{inner} if {inner} else s", f"[{inner}, {inner}]", f"not {inner}", f"-{inner}")
        )

    def _sign(self) -> str:
        return self._chance.choice(("", "", "", "-"))

    def _broken(self, source: str) -> str:
        at = self._chance.randrange(len(source) + 1)
        if self._chance.random() < 0.5:
            return source[:at] + self._chance.choice(NOISE) + source[at:]
        return source[:at] + source[at + self._chance.randint(1, 4) :]


def grown(count: int, seed: int = 4) -> Iterator[Case]:
    """Yield that many templates."""
    grower = Grower(seed)
    for number in range(count):
        yield grower.case(number)
