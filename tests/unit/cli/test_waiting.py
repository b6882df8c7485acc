import pytest

from infra.cli.waiting import NotInTimeError, eventually


def test_it_looks_until_there_is_something() -> None:
    looks = iter([None, False, "there"])
    assert eventually(lambda: next(looks), "it", within=5, every=0) == "there"


def test_it_says_what_it_waited_for_in_vain() -> None:
    with pytest.raises(NotInTimeError, match="Waited 0 s for a miracle, in vain"):
        eventually(lambda: None, "a miracle", within=0, every=0)
