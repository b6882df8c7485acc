import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.ids import TenantId, derived_id, parse_notification_id, time_ordered_id
from chalicelib.domain.value import Millis
from tests.build import NOW


@pytest.mark.parametrize("text", ["", "Acme", "a#b", "-a", "_platform", "a" * 49, "a\n", "ä", "a b"])
def test_text_that_could_break_a_key_is_no_tenant_id(text: str) -> None:
    with pytest.raises(InvalidIdError):
        TenantId(text)


def test_the_platform_is_a_tenant_nobody_can_name() -> None:
    assert TenantId.platform() == "_platform"


@pytest.mark.parametrize(
    "text", ["", "x", "01890A5D-AC96-774B-BCCE-B302099A8057", "{01890a5d-ac96-774b-bcce-b302099a8057}"]
)
def test_only_a_canonical_uuid_is_a_notification_id(text: str) -> None:
    with pytest.raises(InvalidIdError):
        parse_notification_id(text)


@given(at=st.integers(0, 2**48 - 1), randomness=st.binary(min_size=10, max_size=10))
def test_a_time_ordered_id_is_a_uuid_of_version_7_that_tells_its_time(at: int, randomness: bytes) -> None:
    id = uuid.UUID(time_ordered_id(Millis(at), randomness))

    assert (id.version, id.variant, id.int >> 80) == (7, uuid.RFC_4122, at)


def test_time_ordered_ids_sort_by_time_and_differ_by_randomness() -> None:
    early, late = time_ordered_id(NOW, b"\xff" * 10), time_ordered_id(Millis(NOW + 1), b"\x00" * 10)

    assert early < late
    assert time_ordered_id(NOW, bytes(10)) != time_ordered_id(NOW, bytes(9) + b"\x01")


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_derived_ids_agree_exactly_when_their_parts_do(one: list[str], other: list[str]) -> None:
    assert (derived_id(*one) == derived_id(*other)) == (one == other)
