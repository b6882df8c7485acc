"""Accepting, deciding and delivering."""

import os
import random
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import breaker_pause, host_guard, now, queues, table, timeouts, vault
from chalicelib.bootstrap.known import (
    breakers,
    known_circuits,
    known_policies,
    known_providers,
    known_templates,
    known_tenants,
)
from chalicelib.bootstrap.saying import _files, _tracked, _unsubscribe_url, rendering, say, say_in_mails
from chalicelib.bootstrap.stored import address_book, backgrounds, cancelled_groups, requests, rotas, states
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.aws.timers import StateMachine
    from chalicelib.services.accept import Accept
    from chalicelib.services.allowances import Allowances
    from chalicelib.services.cancel import Cancel
    from chalicelib.services.cancel_group import CancelGroups
    from chalicelib.services.deliver import Deliver
    from chalicelib.services.digests import Digests
    from chalicelib.services.dispatch import Dispatch
    from chalicelib.services.explain import Explain
    from chalicelib.services.gather_facts import GatherFacts
    from chalicelib.services.rehearse import Rehearse
    from chalicelib.services.relay import Relaying
    from chalicelib.services.send_rate import SendRates
    from chalicelib.services.simulate import Simulate
    from chalicelib.services.timers import ScheduleTimers

LEASE_FACTOR = 2
"""A lease lasts this many times as long as a vendor may take."""


@cache
def accept() -> "Accept":
    """Return the use case that accepts sends."""
    from chalicelib.services.accept import Accept
    from chalicelib.services.fill_template import FillTemplate
    from chalicelib.store.idempotency import IdempotencyRows

    return Accept(
        requests=requests(),
        records=IdempotencyRows(table()),
        tenants=known_tenants(),
        providers=known_providers(),
        policies=known_policies(),
        groups=cancelled_groups(),
        fill=FillTemplate(known_templates(), rendering),
        randomness=os.urandom,
    )


@cache
def cancel() -> "Cancel":
    """Return the use case that cancels."""
    from chalicelib.services.cancel import Cancel

    return Cancel(requests=requests(), states=states(), tenants=known_tenants())


@cache
def relaying() -> "Relaying":
    """Return the use case that asks people on duty."""
    from chalicelib.services.relay import Relaying

    return Relaying(requests=requests(), states=states(), rotas=rotas(), tenants=known_tenants(), cancel=cancel())


@cache
def cancel_groups() -> "CancelGroups":
    """Return the use case that cancels groups of notifications."""
    from chalicelib.services.cancel_group import CancelGroups

    return CancelGroups(cancelled_groups(), cancel(), now)


@cache
def executions() -> "StateMachine":
    """Return the executions that drain buckets of timers."""
    from chalicelib.aws.timers import StateMachine

    return StateMachine(settings().timers_arn, grace=int(settings().timer_grace * 1_000))


@cache
def timers() -> "ScheduleTimers":
    """Return what brings things back when their time has come."""
    from chalicelib.services.timers import ScheduleTimers
    from chalicelib.store.due import DueRows

    return ScheduleTimers(
        dues=DueRows(table()),
        executions=executions(),
        clock=now,
        width=settings().timer_width * 1_000,
        grace=int(settings().timer_grace * 1_000),
    )


@cache
def gather_facts() -> "GatherFacts":
    """Return what gathers the facts of decisions."""
    from chalicelib.channels.base import address_fault
    from chalicelib.services.gather_facts import GatherFacts
    from chalicelib.store.spendings import SpendingRows

    return GatherFacts(
        recipients=address_book(),
        providers=known_providers(),
        policies=known_policies(),
        backgrounds=backgrounds(),
        spendings=SpendingRows(table(), os.urandom),
        check_address=address_fault,
        say=say(),
        stage_vendors=settings().default_providers,
        circuits=known_circuits(),
        pause=breaker_pause(),
    )


@cache
def allowances() -> "Allowances":
    """Return the use case that takes what a person may be sent and a tenant may spend."""
    from chalicelib.services.allowances import Allowances
    from chalicelib.store.spendings import SpendingRows
    from chalicelib.store.usages import UsageRows

    return Allowances(UsageRows(table(), os.urandom), SpendingRows(table(), os.urandom))


@cache
def digests() -> "Digests":
    """Return the use cases of digests."""
    from chalicelib.services.digests import Digests
    from chalicelib.store.digests import DigestRows

    return Digests(
        requests=requests(),
        states=states(),
        tenants=known_tenants(),
        groups=cancelled_groups(),
        windows=DigestRows(table()),
        timers=timers(),
        say=say(),
    )


@cache
def dispatch() -> "Dispatch":
    """Return the use case that decides and publishes."""
    from chalicelib.services.dispatch import Dispatch
    from chalicelib.services.release import Release

    release = Release(
        requests=requests(),
        states=states(),
        tenants=known_tenants(),
        gather=gather_facts(),
        allowances=allowances(),
        relaying=relaying(),
        digests=digests(),
        cancel=cancel(),
        timers=timers(),
    )
    return Dispatch(
        requests=requests(),
        states=states(),
        tenants=known_tenants(),
        gather=gather_facts(),
        release=release,
        timers=timers(),
        queues=queues(),
    )


@cache
def send_rates() -> "SendRates":
    """Return what keeps tenants to their send rates."""
    from chalicelib.services.send_rate import SendRates
    from chalicelib.store.rate_windows import RateWindowRows

    return SendRates(RateWindowRows(table()), known_tenants(), now, random.random)


@cache
def deliver() -> "Deliver":
    """Return the use case that makes deliveries."""
    from chalicelib.channels.base import Shaper, address_fault
    from chalicelib.providers.caller import Caller
    from chalicelib.services.consult import Consult
    from chalicelib.services.deliver import Deliver

    return Deliver(
        requests=requests(),
        states=states(),
        recipients=address_book(),
        tenants=known_tenants(),
        providers=known_providers(),
        queues=queues(),
        timers=timers(),
        consult=Consult(backgrounds()),
        caller=Caller(vault(), timeouts(), host_guard()),
        breakers=breakers(),
        check_address=address_fault,
        say=say_in_mails(),
        shape=Shaper(_unsubscribe_url, _files, _tracked),
        stage_vendors=settings().default_providers,
        clock=now,
        randomness=random.random,
        lease=int(LEASE_FACTOR * timeouts().total * 1_000),
    )


@cache
def rehearse() -> "Rehearse":
    """Return the use case that dispatches without effect."""
    from chalicelib.services.rehearse import Rehearse
    from chalicelib.store.digests import DigestRows
    from chalicelib.store.usages import UsageRows

    return Rehearse(
        tenants=known_tenants(),
        gather=gather_facts(),
        usages=UsageRows(table(), os.urandom),
        groups=cancelled_groups(),
        windows=DigestRows(table()),
        rotas=rotas(),
    )


@cache
def simulate() -> "Simulate":
    """Return the use case that says what a send would come to."""
    from chalicelib.channels.base import shape
    from chalicelib.services.simulate import Simulate

    return Simulate(accept=accept(), rehearse=rehearse(), say=say(), shape=shape)


@cache
def explain() -> "Explain":
    """Return the use case that says why a notification was received or not."""
    from chalicelib.services.explain import Explain

    return Explain(requests(), states(), rehearse())
