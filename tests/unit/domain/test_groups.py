"""Which groups a request belongs to, and which tombstones are its."""

from typing import Any

import pytest

from chalicelib.domain.groups import CancelGroup, groups_of, is_covered
from chalicelib.domain.value import Millis
from tests.build import NOW, a_request


@pytest.mark.parametrize(
    ("fields", "groups"),
    [
        ({}, ()),
        ({"cancellation_key": "k"}, (CancelGroup("key", "k"),)),
        ({"batch": "b"}, (CancelGroup("batch", "b"),)),
        ({"cancellation_key": "k", "batch": "b"}, (CancelGroup("key", "k"), CancelGroup("batch", "b"))),
    ],
)
def test_the_groups_of_a_request(fields: dict[str, Any], groups: tuple[CancelGroup, ...]) -> None:
    assert groups_of(a_request(**fields)) == groups


@pytest.mark.parametrize(("after", "covered"), [(-1, False), (0, True), (1, True)])
def test_a_tombstone_is_for_what_was_accepted_until_then(after: int, *, covered: bool) -> None:
    assert is_covered(a_request(accepted_at=NOW), Millis(NOW + after)) is covered
