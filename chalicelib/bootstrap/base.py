"""What all wiring rests on: the clock, the table, the queues, the vault, and how long things may take."""

import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.aws.clients import session
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.garbage import collect_what_comes
from chalicelib.settings import settings
from chalicelib.store.table import Table

if TYPE_CHECKING:
    from chalicelib.aws.queues import AwsQueues
    from chalicelib.aws.vault import KmsVault
    from chalicelib.providers.base import Timeouts
    from chalicelib.providers.guard import HostGuard


def at_start(*wired: Callable[[], object]) -> None:
    """Wire these now where Lambda starts a function, for then it gives it a whole CPU; elsewhere when first asked for.

    Called by the modules of functions for what none of their calls can do without.
    """
    if {"AWS_LAMBDA_FUNCTION_NAME", "HERALD_TABLE"} <= os.environ.keys():
        for wire in wired:
            wire()
        collect_what_comes()


def state_from_image(image: Mapping[str, Any]) -> NotificationState:
    """Return the state in the image of a stream record; raises ValueError when it holds none."""
    from chalicelib.store import images

    return images.state_from_image(image)


def now() -> Millis:
    """Return the time."""
    return Millis(time.time_ns() // 1_000_000)


@cache
def table() -> Table:
    """Return the table."""
    return Table(settings().table, session())


@cache
def queues() -> "AwsQueues":
    """Return the topic and the queues."""
    from chalicelib.aws.queues import AwsQueues

    configured = settings()
    return AwsQueues(
        topic_arn=configured.topic_arn,
        dispatch_queue=configured.dispatch_queue,
        redrive_queue=configured.redrive_queue,
        lanes=configured.lanes,
    )


@cache
def vault() -> "KmsVault":
    """Return the vault of credentials."""
    from chalicelib.aws.vault import KmsVault

    return KmsVault(settings().key_arn)


@cache
def timeouts() -> "Timeouts":
    """Return how long a vendor may take."""
    from chalicelib.providers.base import Timeouts

    return Timeouts(connect=settings().connect_timeout, read=settings().read_timeout)


@cache
def host_guard() -> "HostGuard":
    """Return what decides about hosts that tenants name."""
    from chalicelib.providers.guard import HostGuard

    return HostGuard(settings().internal_hosts)


def fresh_for() -> int:
    """Return how long a warm worker goes on with what it read, in milliseconds."""
    return int(settings().cache_seconds * 1_000)


def breaker_pause() -> int:
    """Return how long a provider that fails is left alone, in milliseconds."""
    return int(settings().breaker_pause * 1_000)
