"""Given schemas that mean harm, when data is checked by them, then each is refused or ends within 1 s and 64 MB."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hostile.case import Case
from tests.hostile.judge import endings_of, verdict
from tests.hostile.written import nested

Link = Callable[[Any], dict[str, Any]]


def under(key: str, wrap: Callable[[Any], Any]) -> Link:
    return lambda link: {key: wrap(link)}


LINKS: dict[str, Link] = {
    **{key: under(key, lambda link: [link]) for key in ("anyOf", "oneOf", "allOf", "prefixItems")},
    **{key: under(key, lambda link: link) for key in ("not", "contains", "propertyNames", "items", "if")},
    **{key: under(key, lambda link: {"x": link}) for key in ("dependentSchemas", "properties", "dependencies")},
    "then": lambda link: {"if": True, "then": link},
    "else": lambda link: {"if": False, "else": link},
    "minContains": lambda link: {"contains": link, "minContains": 0, "maxContains": 9},
    "patternProperties": lambda link: {"patternProperties": {"": link}},
    "additionalProperties": lambda link: {"additionalProperties": link},
    "unevaluatedProperties": lambda link: {"anyOf": [link], "unevaluatedProperties": False},
    "unevaluatedItems": lambda link: {"anyOf": [link], "unevaluatedItems": False},
}

PATTERNS = ("^(a|b)*a(a|b){1200}", "^([ab]*a[ab]{1500})*", "^(?:[ab]*a[ab]?){600}", "(a|b)*a(a|b){300}c")


def judged(cases: list[Case], folder: Path) -> dict[str, list[str]]:
    endings = endings_of(cases, folder)
    return {case.name: found for case, ending in zip(cases, endings, strict=True) if (found := verdict(case, ending))}


def chain(way: str) -> dict[str, Any]:
    """A schema of 22 places that each refer to the next."""
    links = {f"d{at}": LINKS[way]({"$ref": f"#/$defs/d{at + 1}"}) for at in range(22)}
    return {"$defs": links | {"d22": {"const": 5}}, "$ref": "#/$defs/d0"}


def patterns(pattern: str, number: int) -> dict[str, Any]:
    return {"properties": {"x": {"anyOf": [{"pattern": f"{pattern}{at}"} for at in range(number)]}}}


def test_no_chain_takes_twice_as_long_with_each_link(tmp_path: Path) -> None:
    cases = [
        Case(name=f"{way} of {str(sample)[:20]}", source="x", schema=chain(way), sample=sample)
        for way in LINKS
        for sample in ({"x": 1}, {"x": [[[[1]]]]}, nested("x", 22))
    ]
    assert judged(cases, tmp_path) == {}


def test_no_expression_takes_long_over_a_long_text(tmp_path: Path) -> None:
    cases = [
        Case(
            name=f"{number} times {pattern} over {characters}",
            source="x",
            schema=patterns(pattern, number),
            sample={"x": "".join("ab"[at.bit_count() % 2] for at in range(characters))},
        )
        for pattern in PATTERNS
        for number, characters in ((1, 10_000), (1, 250_000), (10, 1_000), (10, 100_000), (50, 390), (900, 2_000))
    ]
    assert judged(cases, tmp_path) == {}
