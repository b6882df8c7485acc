"""The pages that people read: what they point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = ("http://", "https://", "#", "mailto:")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:chalicelib|infra|tests|docs|events|bench)/[\w./-]+\.\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text()
    links = [page.parent / link.partition("#")[0] for link in LINK.findall(text) if not link.startswith(ELSEWHERE)]
    files = [ROOT / file for file in FILE.findall(text) if "pling" not in file]

    assert [str(path) for path in (*links, *files) if not path.exists()] == []
