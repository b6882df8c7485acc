"""How many vendor calls there are at a time: as the specification says, in a worker and over all of them."""

import pytest

from chalicelib.domain.words import Channel
from chalicelib.workers.deliver import BULKHEAD
from infra.merge import read_lanes


@pytest.mark.parametrize(
    ("channel", "most"), [(Channel.EMAIL, 5), (Channel.SMS, 10), (Channel.PUSH, 10), (Channel.WHATSAPP, 5)]
)
def test_a_worker_makes_as_many_calls_at_a_time_as_specified(channel: Channel, most: int) -> None:
    assert BULKHEAD[channel] == most


def test_every_channel_has_as_many_workers_as_one_of_them_makes_calls() -> None:
    assert {Channel(lane.channel): lane.concurrency for lane in read_lanes()} == BULKHEAD
