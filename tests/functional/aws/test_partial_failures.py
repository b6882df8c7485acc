"""Batches of which AWS takes only a part: the rest is offered again, and what is refused for good is told."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.batches import ROUNDS, send_in_batches
from chalicelib.aws.bus import AwsBus
from chalicelib.aws.clients import made, session
from chalicelib.domain.events import BusEvent
from tests.aws_semantics.switch import semantics
from tests.build import ACME


def send(items: list[str], refusals: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Send items of which each is refused so many times; return what was refused for good, and what was taken."""
    left, taken = dict(refusals), []

    def call(entries: list[tuple[str, str]]) -> Mapping[str, Any]:
        failed = []
        for id, item in entries:
            if left.get(item, 0) > 0:
                left[item] -= 1
                failed.append({"Id": id})
            else:
                taken.append(item)
        return {"Failed": failed}

    return send_in_batches(items, lambda item, id: (id, item), call), taken


def test_what_is_refused_for_a_moment_is_taken_in_the_end() -> None:
    items = [f"item {number}" for number in range(25)]

    refused, taken = send(items, {"item 3": 1, "item 24": ROUNDS - 1})

    assert refused == []
    assert sorted(taken) == sorted(items)


def test_what_is_always_refused_is_told() -> None:
    assert send(["good", "bad"], {"bad": 99}) == (["bad"], ["good"])


def test_nothing_to_send_makes_no_call() -> None:
    assert send([], {}) == ([], [])


@pytest.mark.parametrize(("share", "refused"), [(0.3, 0), (1.0, 12)])
def test_the_bus_is_offered_refused_events_again(monkeypatch: pytest.MonkeyPatch, share: float, refused: int) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    events = [BusEvent(type="notification.sent", tenant=ACME, detail=f'{{"n":{number}}}') for number in range(12)]
    with mock_aws(), semantics(f"7:partial_failures={share}") as record:
        session.cache_clear()
        made.cache_clear()
        boto3.client("events").create_event_bus(Name="herald")

        left = AwsBus("herald").put(events)

    session.cache_clear()
    made.cache_clear()
    assert len(left) == refused
    assert record.effects("partial_failures")
