"""Choosing the provider that makes a delivery now: the one the plan names, as long as it is well; else the next one in
the plan that may be called; else nobody, and the message waits.

The plan stays as it was decided. As long as its first provider is well and the others may be called, nothing is read
for this.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from chalicelib.domain.delivery import Delivery
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.routing import first_choice, remaining
from chalicelib.domain.state import Claim, Move, claimable
from chalicelib.domain.words import Channel
from chalicelib.services.breakers import Admission, Breakers, Wait
from chalicelib.services.ports import Clock, NotificationRef, RefusedChangeError, States


class Choice(msgspec.Struct, frozen=True):
    """What a delivery can be made by: the `usable` providers, of which the plan most likely begins with `likely` (None:
    with nobody that is usable); `wanted` is the one that its request asks for.
    """

    usable: Mapping[ProviderId, ProviderConfig]
    likely: ProviderId | None = None
    wanted: ProviderId | None = None


@dataclass(frozen=True, slots=True)
class ChooseProvider:
    """Chooses before the claim, so that who has to wait is as untouched as if its message had not been received."""

    states: States
    breakers: Breakers
    clock: Clock
    randomness: Callable[[], float]

    def before_claim(
        self, ref: NotificationRef, channel: Channel, choice: Choice, admission: Admission
    ) -> Move | Wait | None:
        """Have the call admitted; return where to move the delivery for it, None where it stays.

        Raises
        ------
        RefusedChangeError
            The delivery can not be claimed.
        """
        if choice.likely is None:
            return None
        others = choice.usable.keys() - {choice.likely}
        # Where another one has to wait, this delivery may be at that one by now.
        if self.breakers.is_well(ref.tenant, choice.likely) and all(
            self.breakers.takes_calls(ref.tenant, other) for other in others
        ):
            return admission.ask([choice.likely])
        state = self.states.get(ref.tenant, ref.id)
        if state is None or claimable(state, channel, self.clock()) is not Claim.FREE:
            raise RefusedChangeError(state)
        delivery = state.deliveries[channel]
        index = self.after_claim(delivery, choice, admission, shift=delivery.tries == 0)
        if isinstance(index, Wait):
            return index
        return None if index == delivery.provider else Move(attempt=delivery.attempt, provider=index)

    def after_claim(
        self, delivery: Delivery, choice: Choice, admission: Admission, *, shift: bool = False
    ) -> int | Wait:
        """Have a call admitted and return by which of its providers the delivery is made; where none of them is usable,
        by the one whose turn it is. `shift`: equals may take each other's first calls.
        """
        order = [index for index in remaining(delivery) if delivery.providers[index] in choice.usable]
        if not order:
            return delivery.provider
        if shift and order[0] == delivery.provider == 0:
            order = self._shifted(delivery, order, choice, admission)
        wait = admission.ask([delivery.providers[index] for index in order])
        if wait is not None or admission.provider is None:
            return wait or Wait(self.clock())
        return delivery.providers.index(admission.provider)

    def _shifted(self, delivery: Delivery, order: list[int], choice: Choice, admission: Admission) -> list[int]:
        """Return the order with another first, maybe, among those of one priority: by how well they did lately."""
        planned = choice.usable[delivery.providers[order[0]]]
        if planned.id == choice.wanted:
            return order
        equals = [index for index in order if self._provider(delivery, index, choice).priority == planned.priority]
        known: Sequence[tuple[int, float]] = [
            (provider.weight, 1.0 - self.breakers.failure_rate(admission.tenant, provider.id))
            for provider in (self._provider(delivery, index, choice) for index in equals)
        ]
        first = equals[first_choice(known, self.randomness())]
        return [first, *(index for index in order if index != first)]

    def _provider(self, delivery: Delivery, index: int, choice: Choice) -> ProviderConfig:
        return choice.usable[delivery.providers[index]]
