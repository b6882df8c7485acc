"""Given HTML from outside that grows when it is read, when it is made harmless, then it is refused or that ends within
1 s and 64 MB.
"""

from pathlib import Path

from tests.hostile.case import Case
from tests.hostile.judge import endings_of, verdict
from tests.hostile.soup import bombs, soup


def found_wrong(htmls: list[str], folder: Path) -> dict[str, list[str]]:
    cases = [Case(name=html[:200], source="{{ html }}", data={"html": html}) for html in htmls]
    endings = endings_of(cases, folder)
    assert any(ending.errors for ending in endings)
    assert any(len(ending.said) > 1 for ending in endings)
    return {case.name: found for case, ending in zip(cases, endings, strict=True) if (found := verdict(case, ending))}


def test_what_readers_repeat_is_bounded(tmp_path: Path) -> None:
    assert found_wrong(list(bombs()), tmp_path) == {}


def test_what_no_author_writes_is_bounded(tmp_path: Path) -> None:
    assert found_wrong([soup(seed, 30 * 3 ** (seed % 6)) for seed in range(300)], tmp_path) == {}
