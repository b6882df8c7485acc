"""Given templates that mean harm, when they are saved and filled, then each is refused or ends within 1 s and 64 MB
and none reaches anything but its data.
"""

from pathlib import Path

import pytest

from tests.hostile.canary import Canary, Watch
from tests.hostile.generated import grown
from tests.hostile.judge import endings_of, verdict
from tests.hostile.written import WRITTEN

GENERATED = list(grown(1_000))


def test_there_are_enough_of_them() -> None:
    assert len(WRITTEN) >= 100
    assert len({case.source or case.name for case in GENERATED}) >= 950


@pytest.mark.parametrize("batch", range(2))
def test_written_ones_are_refused_or_end(batch: int, tmp_path: Path) -> None:
    cases = WRITTEN[batch::2]
    endings = endings_of(cases, tmp_path)
    assert [ending.name for ending in endings] == [case.name for case in cases]
    wrong = {case.name: found for case, ending in zip(cases, endings, strict=True) if (found := verdict(case, ending))}
    assert wrong == {}


@pytest.mark.parametrize("batch", range(2))
def test_generated_ones_are_refused_or_end(batch: int, tmp_path: Path) -> None:
    cases = GENERATED[batch * 500 : (batch + 1) * 500]
    endings = endings_of(cases, tmp_path)
    wrong = {case.name: found for case, ending in zip(cases, endings, strict=True) if (found := verdict(case, ending))}
    assert wrong == {}
    assert sum(bool(ending.said) for ending in endings) >= 50, "too few of them are any good for testing what runs"


def test_what_reaches_something_is_noticed(tmp_path: Path) -> None:
    watch = Watch("secret")
    with watch:
        str(Canary(watch))
        getattr(Canary(watch), "anything", None)
    assert watch.take() == ("printed", "attribute anything")
    watch.hear("open", ("/etc/passwd",))
    with watch:
        watch.hear("open", ("/etc/passwd",))
    assert len(watch.take()) == 1
