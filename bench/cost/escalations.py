"""Escalations that nobody stops, so many that their timers share buckets, as those of a busy system do.

What is minutes in the policy that everybody has is seconds here; nothing that is counted depends on it.
"""

import time
from collections.abc import Iterator
from typing import Any, Final

from bench.cost.rig import BATCH, Invocation, Rig, Way, copies_in, kept_of
from bench.cost.timers import Timers
from bench.sends import ESCALATION
from chalicelib.domain.escalation import DEFAULT_POLICY
from infra.cli.samples import TENANTS
from infra.cli.stack import LocalStack

WIDTH: Final = 40
"""Seconds that a bucket spans here."""
FIRST_WAIT: Final = 5
ROOM: Final = WIDTH // 2
"""Seconds in which a step of all has to be decided, or released: so much of a bucket has passed when the next is due,
and so much is left of it then.
"""
MARGIN: Final = 4
BATCHES: Final = 21
AT_LEAST: Final = 200
"""Notifications that a bucket is to wake, for its cost to be theirs."""
_ADMIN: Final = f"{TENANTS[0].id}-admin"
_POLICIES: Final = "/api/v1/admin/escalation-policies"


class TooSlowError(Exception):
    """This machine needed so long that what belongs into one bucket went into several."""


def hurry(stack: LocalStack) -> None:
    """Have the tenant's `default` do in seconds what Herald's own does in minutes."""
    waits = [0, FIRST_WAIT, FIRST_WAIT + WIDTH + ROOM]
    steps: list[dict[str, Any]] = [
        {"channels": list(step.channels), "after": after}
        for step, after in zip(DEFAULT_POLICY.steps, waits, strict=True)
    ]
    stack.as_user(_ADMIN).post(_POLICIES, {"id": DEFAULT_POLICY.id, "steps": steps})


def follow_escalations(rig: Rig, timers: Timers) -> Way:
    """Send escalations, one call each, and take them along, step by step, until all is told.

    Raises
    ------
    TooSlowError
        They did not come due together.
    """
    number = BATCHES * BATCH
    accepted = [rig.accept(ESCALATION, BATCH) for _ in range(BATCHES)]
    requests = [record for _, records in accepted for record in records]
    timers.await_bucket(FIRST_WAIT)
    steps = [each for channel in ESCALATION.channels for each in _step(rig, channel)]
    told, states = rig.project(ESCALATION, number)
    entered, drains = timers.entered(), rig.drains()
    later = len(ESCALATION.channels) - 1
    if len(entered) != later or sum(drain.batch >= AT_LEAST for drain in drains) != later:
        raise TooSlowError(f"{[drain.batch for drain in drains]} came due, in {len(entered)} buckets")
    return Way(
        ESCALATION,
        number,
        (*(each for invocations, _ in accepted for each in invocations), *steps, *drains, *told),
        queued=copies_in(steps),
        polled=len(steps),
        kept=kept_of([*requests, *states]) / number,
        transitions=sum(entered),
    )


def _step(rig: Rig, channel: str) -> Iterator[Invocation]:
    """Yield what is done for one step of all, once it is due."""
    yield rig.dispatch(BATCH, within=2 * WIDTH)
    began = time.monotonic()
    for _ in range(BATCHES - 1):
        yield rig.dispatch(BATCH)
    took = time.monotonic() - began
    if took > ROOM - MARGIN:
        raise TooSlowError(f"{ROOM} s are too few for a step: it took {took:.0f} s")
    for _ in range(BATCHES):
        yield rig.deliver(channel, BATCH)
