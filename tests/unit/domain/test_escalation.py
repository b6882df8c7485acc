"""What is wrong with a policy, by pointer and code."""

import pytest

from chalicelib.domain.escalation import DEFAULT_POLICY, LONGEST, MOST_STEPS, EscalationPolicy, Step, policy_faults
from chalicelib.domain.ids import PolicyId, RotaId
from chalicelib.domain.words import Channel

OPS = RotaId("ops")
SMS, EMAIL, PUSH = (Channel.SMS,), (Channel.EMAIL,), (Channel.PUSH,)


def faults(*steps: Step) -> dict[str, str]:
    found = policy_faults(EscalationPolicy(id=PolicyId("p"), steps=steps), {OPS})
    assert len({fault.pointer for fault in found}) == len(found)
    return {fault.pointer: fault.code for fault in found}


@pytest.mark.parametrize(
    "steps",
    [
        DEFAULT_POLICY.steps,
        (Step(channels=SMS, after=LONGEST),),
        (Step(channels=SMS), Step(channels=EMAIL)),
        (Step(channels=SMS), Step(channels=SMS, rota=OPS, every=1), Step(channels=SMS, after=5, rota=OPS)),
        tuple(Step(channels=SMS, after=n, rota=OPS, every=LONGEST) for n in range(MOST_STEPS)),
    ],
)
def test_policies_that_can_be_followed(steps: tuple[Step, ...]) -> None:
    assert faults(*steps) == {}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((), {"/steps": "too_few"}),
        (
            tuple(Step(channels=SMS, rota=OPS) for _ in range(MOST_STEPS + 1)),
            {"/steps": "too_many"},
        ),
        ((Step(channels=()),), {"/steps/0/channels": "too_few"}),
        ((Step(channels=SMS, after=-1),), {"/steps/0/after": "out_of_range"}),
        ((Step(channels=SMS, after=LONGEST + 1),), {"/steps/0/after": "out_of_range"}),
        ((Step(channels=SMS, after=600), Step(channels=EMAIL, after=599)), {"/steps/1/after": "out_of_order"}),
        (
            (Step(channels=SMS, after=600), Step(channels=EMAIL), Step(channels=PUSH, after=500)),
            {"/steps/1/after": "out_of_order", "/steps/2/after": "out_of_order"},
        ),
        ((Step(channels=SMS), Step(channels=(*EMAIL, *SMS), after=5)), {"/steps/1/channels/1": "repeated_channel"}),
        ((Step(channels=(*SMS, *SMS)),), {"/steps/0/channels/1": "repeated_channel"}),
        ((Step(channels=(*SMS, *SMS), rota=OPS),), {"/steps/0/channels/1": "repeated_channel"}),
        ((Step(channels=SMS, rota=RotaId("gone")),), {"/steps/0/rota": "unknown_rota"}),
        ((Step(channels=SMS, rota=OPS, every=0),), {"/steps/0/every": "out_of_range"}),
        ((Step(channels=SMS, rota=OPS, every=-300),), {"/steps/0/every": "out_of_range"}),
        ((Step(channels=SMS, rota=OPS, every=LONGEST + 1),), {"/steps/0/every": "out_of_range"}),
        ((Step(channels=SMS, every=300),), {"/steps/0/every": "no_rota"}),
    ],
)
def test_policies_that_cannot(steps: tuple[Step, ...], found: dict[str, str]) -> None:
    assert faults(*steps) == found
