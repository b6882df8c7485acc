"""Escalation policies as they come in and as they are shown."""

import re
from typing import Annotated, Any, Final, Self

import msgspec
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from chalicelib.api.fields import ChannelName
from chalicelib.api.models import Answer, Body, fault
from chalicelib.api.tenant_models import Version
from chalicelib.domain.escalation import DEFAULT_POLICY, LONGEST, MOST_STEPS, NEXT_PERSON, EscalationPolicy, Step
from chalicelib.domain.ids import POLICY_ID, PolicyId, RotaId
from chalicelib.domain.words import Channel, StopOn

_DURATION: Final = re.compile(
    r"P(?=.)(?:([0-9]{1,3})D)?(?:T(?=.)(?:([0-9]{1,5})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?"
)
"""ISO 8601 without what is not always equally long: years and months."""
_UNITS: Final = (86_400, 3_600, 60, 1)


def _seconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise fault("malformed", "A duration is a number of seconds, or written as in PT10M (ISO 8601)")
    return sum(unit * int(number or 0) for unit, number in zip(_UNITS, match.groups(), strict=True))


Seconds = Annotated[
    int,
    BeforeValidator(_seconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": LONGEST},
                {"type": "string", "format": "duration", "examples": ["PT10M"]},
            ]
        }
    ),
]
"""A duration: seconds, or ISO 8601 (`PT10M`)."""
PolicyIdText = Annotated[str, StringConstraints(pattern=f"^{POLICY_ID}$")]
RotaIdText = Annotated[str, StringConstraints(pattern=f"^{POLICY_ID}$")]


class StepBody(Body):
    """A step: `channels` (or the one `channel`) at once, `after` so many seconds from the start of the notification.

    With a `rota` it addresses those on duty then, one after another, `every` so many seconds (by default 300), until
    somebody acknowledges. Durations may also be written as in `PT10M`.
    """

    channels: list[ChannelName] | None = None
    channel: ChannelName | None = None
    after: Seconds = 0
    rota: RotaIdText | None = None
    every: Seconds | None = None

    @model_validator(mode="after")
    def _has_one_of_the_two(self) -> Self:
        if (self.channels is None) == (self.channel is None):
            raise fault("either_or", "A step has either channels or a channel")
        return self

    def step(self) -> Step:
        """Return the step."""
        return Step(
            channels=tuple(self.channels or ()) if self.channel is None else (self.channel,),
            after=self.after,
            rota=None if self.rota is None else RotaId(self.rota),
            every=NEXT_PERSON if self.rota is not None and self.every is None else self.every,
        )


Steps = Annotated[list[StepBody], Field(json_schema_extra={"minItems": 1, "maxItems": MOST_STEPS})]


class CreatePolicy(Body):
    """An escalation policy: steps in the order of `after`, and what stops it (`read`, `delivered`, `acknowledged`).

    One of the id `default` takes the place of the built-in policy.
    """

    id: PolicyIdText
    stop: StopOn = StopOn.READ
    steps: Steps

    def policy(self) -> EscalationPolicy:
        """Return the policy as it is stored first."""
        return EscalationPolicy(id=PolicyId(self.id), steps=_steps(self.steps), stop_on=self.stop)


class ChangePolicy(Body):
    """What changes of a policy; what is left out stays as it is. `steps` are replaced as a whole."""

    stop: StopOn | None = None
    steps: Steps | None = None
    version: Version | None = None

    def applied_to(self, policy: EscalationPolicy) -> EscalationPolicy:
        """Return the policy with the given replaced."""
        given: dict[str, Any] = {}
        if self.stop is not None:
            given["stop_on"] = self.stop
        if self.steps is not None:
            given["steps"] = _steps(self.steps)
        return msgspec.structs.replace(policy, **given)


class StepAnswer(Answer):
    """A step of a policy; durations are in seconds."""

    channels: list[Channel]
    after: int
    rota: str | None
    every: int | None


class PolicyAnswer(Answer):
    """An escalation policy. `builtIn`: everybody has it, and this tenant has stored none of its name."""

    id: str
    stop: StopOn
    steps: list[StepAnswer]
    built_in: bool
    version: int

    @classmethod
    def of(cls, policy: EscalationPolicy) -> Self:
        """Return what is told of a policy."""
        return cls(
            id=policy.id,
            stop=policy.stop_on,
            steps=[StepAnswer.model_validate(step) for step in policy.steps],
            built_in=policy is DEFAULT_POLICY,
            version=policy.version,
        )


class PolicyList(Answer):
    """All escalation policies of a tenant, in order of id."""

    items: list[PolicyAnswer]


def _steps(steps: list[StepBody]) -> tuple[Step, ...]:
    return tuple(step.step() for step in steps)
