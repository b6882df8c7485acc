"""What a push to several accounts and devices of LunaSea's comes to."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.provider import Accepted
from tests.contract.cases.lunasea import ACCOUNT, LunaSeaCase
from tests.contract.messages import A_PUSH
from tests.contract.worker import Worker

pytestmark = pytest.mark.parametrize("case", [LunaSeaCase()], ids=["lunasea"])


def test_one_account_reached_is_enough_and_those_that_are_gone_are_named(worker: Worker) -> None:
    gone, here = ACCOUNT.format("gone-1"), ACCOUNT.format("ann")

    result = worker.send(replace(A_PUSH, tokens=(gone, "a-device-of-another-vendor", here)))

    assert result == Accepted(dead_tokens=(gone,))
    assert len(worker.sandbox.records("lunasea")) == 2
