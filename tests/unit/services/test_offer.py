"""Who is on offer for a channel: the tenant's own by priority, then weight; else the stage's; a request names one."""

import pytest

from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.gather_facts import offer
from tests.build import ACME, ID
from tests.world import World

STAGE = {Channel.EMAIL: "ses"}


def provider(id: str, priority: int = 100, *, channel: Channel = Channel.EMAIL, enabled: bool = True) -> ProviderConfig:
    return ProviderConfig(id=ProviderId(id), channel=channel, vendor="smtp", priority=priority, enabled=enabled)


A, B, OFF = provider("a", 1), provider("b", 2), provider("off", 0, enabled=False)
SMS = provider("sms", channel=Channel.SMS)


@pytest.mark.parametrize(
    ("configured", "stage", "expected"),
    [
        ([B, A, OFF, SMS], STAGE, ["a", "b"]),
        ([B], STAGE, ["b"]),
        ([OFF, SMS], STAGE, ["env:ses"]),
        ([], STAGE, ["env:ses"]),
        ([OFF, B], {}, ["b"]),
        ([OFF], {}, []),
        ([], {Channel.SMS: "sns"}, []),
    ],
)
def test_who_is_on_offer(configured: list[ProviderConfig], stage: dict[Channel, str], expected: list[str]) -> None:
    assert [found.id for found in offer(ID, Channel.EMAIL, configured, stage)] == expected


@pytest.mark.parametrize(
    ("wanted", "expected", "reason"),
    [
        (None, ("a", "b"), None),
        ("b", ("b", "a"), None),
        ("off", (), Reason.UNKNOWN_PROVIDER),
        ("nobody", (), Reason.UNKNOWN_PROVIDER),
    ],
)
def test_who_the_request_asks_for_comes_first(
    wanted: str | None, expected: tuple[str, ...], reason: Reason | None
) -> None:
    world = World(providers=())
    for config in (A, B, OFF):
        world.store.providers.create(ACME, config)

    state = world.decided(providers={Channel.EMAIL: ProviderId(wanted)} if wanted else {})

    delivery = state.deliveries[Channel.EMAIL]
    assert (delivery.reason, delivery.providers if reason is None else ()) == (reason, expected)
