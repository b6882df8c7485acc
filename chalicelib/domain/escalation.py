"""Escalation policies: which channels follow each other, how long apart, and what ends it."""

from typing import Final

from chalicelib.domain.ids import PolicyId, RotaId
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel, StopOn


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
