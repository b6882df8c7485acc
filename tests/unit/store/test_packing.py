"""Domain objects as JSON in a row."""

import msgspec
import pytest

from chalicelib.domain.ids import TenantId
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Value
from chalicelib.store.packing import pack, unpack
from tests.build import ACME, ID, a_request, a_tenant


class Odd(Value, frozen=True):
    """Holds what no row holds."""

    what: complex


def test_a_document_comes_out_as_it_went_in() -> None:
    assert unpack(pack(a_tenant()), Tenant) == a_tenant()


def test_what_the_key_says_is_left_out_and_told_again() -> None:
    packed = pack(a_request(), without=("tenant", "id"))
    assert ID not in packed
    assert unpack(packed, NotificationRequest, tenant=ACME, id=ID) == a_request()


def test_no_text_becomes_the_platforms_id() -> None:
    packed = pack(a_tenant()).replace("acme", "_platform")
    with pytest.raises(msgspec.ValidationError):
        unpack(packed, Tenant)
    assert unpack(packed, Tenant, id=TenantId.platform()).id == TenantId.platform()


def test_what_no_row_holds_is_not_read() -> None:
    with pytest.raises(NotImplementedError):
        unpack('{"what": "1+2j"}', Odd)
