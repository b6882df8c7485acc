"""Escalation policies: which channels follow each other, how long apart, and what ends it."""

from collections.abc import Collection, Iterator
from typing import Final

from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import PolicyId, RotaId
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel, StopOn

MOST_STEPS: Final = 20
LONGEST: Final = 360 * 86_400
"""How long, in seconds, anything may be put off."""
NEXT_PERSON: Final = 300
"""Seconds after which the next person on duty is asked, where a step does not say."""


class Step(Value, frozen=True):
    """One step: `channels` at once, `after` seconds from the start of the notification.

    With a `rota` it does not address the recipient but who is on duty then: the first of them, and every `every`
    seconds the next, until somebody acknowledges.
    """

    channels: tuple[Channel, ...]
    after: int = 0
    rota: RotaId | None = None
    every: int | None = None


class EscalationPolicy(Value, frozen=True):
    """A tenant's named policy. Steps are in the order of `after`; a channel addresses the recipient in one of them."""

    id: PolicyId
    steps: tuple[Step, ...]
    stop_on: StopOn = StopOn.READ
    version: int = 1

    def after(self, channel: Channel) -> int | None:
        """Return when the recipient is addressed on `channel`, in seconds from the start; None when never."""
        return next((step.after for step in self.steps if step.rota is None and channel in step.channels), None)


DEFAULT_POLICY: Final = EscalationPolicy(
    id=PolicyId("default"),
    steps=(
        Step(channels=(Channel.IN_APP,)),
        Step(channels=(Channel.SMS,), after=600),
        Step(channels=(Channel.EMAIL,), after=2_400),
    ),
)
"""What `default` means for a tenant that has not defined it."""


def policy_faults(policy: EscalationPolicy, rotas: Collection[RotaId]) -> list[Fault]:
    """Return what is wrong with a policy of a tenant that has these rotas."""
    faults = list(_count_faults("/steps", len(policy.steps), MOST_STEPS))
    addressed: set[Channel] = set()
    earlier = 0
    for position, step in enumerate(policy.steps[:MOST_STEPS]):
        at = f"/steps/{position}"
        faults += [
            *_delay_faults(f"{at}/after", step.after, earlier),
            *_channel_faults(f"{at}/channels", step.channels, addressed if step.rota is None else set()),
            *_rota_faults(at, step, rotas),
        ]
        earlier = max(earlier, step.after)
    return faults


def _delay_faults(pointer: str, after: int, earlier: int) -> Iterator[Fault]:
    if not 0 <= after <= LONGEST:
        yield Fault(pointer=pointer, code="out_of_range", detail="not between 0 and 360 days")
    elif after < earlier:
        yield Fault(pointer=pointer, code="out_of_order", detail="a step does not come before the one above it")


def _channel_faults(pointer: str, channels: tuple[Channel, ...], addressed: set[Channel]) -> Iterator[Fault]:
    yield from _count_faults(pointer, len(channels), MOST_STEPS)
    for position, channel in enumerate(channels[:MOST_STEPS]):
        if channel in addressed:
            detail = f"{channel} addresses the same person twice"
            yield Fault(pointer=f"{pointer}/{position}", code="repeated_channel", detail=detail)
        addressed.add(channel)


def _rota_faults(at: str, step: Step, rotas: Collection[RotaId]) -> Iterator[Fault]:
    if step.rota is not None and step.rota not in rotas:
        yield Fault(pointer=f"{at}/rota", code="unknown_rota", detail="the tenant has no rota of this id")
    if step.every is None:
        return
    if step.rota is None:
        yield Fault(pointer=f"{at}/every", code="no_rota", detail="only a step with a rota has people to go on to")
    elif not 1 <= step.every <= LONGEST:
        yield Fault(pointer=f"{at}/every", code="out_of_range", detail="not between 1 second and 360 days")


def _count_faults(pointer: str, count: int, most: int) -> Iterator[Fault]:
    if not count:
        yield Fault(pointer=pointer, code="too_few", detail="at least one is needed")
    if count > most:
        yield Fault(pointer=pointer, code="too_many", detail=f"at most {most} are possible")
