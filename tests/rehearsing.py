"""The use cases that simulate and explain, over a store."""

from chalicelib.channels.base import address_fault, shape
from chalicelib.services.accept import Accept
from chalicelib.services.explain import Explain
from chalicelib.services.gather_facts import GatherFacts
from chalicelib.services.rehearse import Rehearse
from chalicelib.services.simulate import Simulate
from tests.saying import KeptTemplates, say_from
from tests.store.stores import Store

SAY = say_from(KeptTemplates())


def rehearse_on(store: Store) -> Rehearse:
    """Return the use case that dispatches without effect."""
    return Rehearse(
        tenants=store.tenants,
        gather=gather_on(store),
        usages=store.usages,
        groups=store.groups,
        windows=store.digests,
        rotas=store.rotas,
    )


def gather_on(store: Store) -> GatherFacts:
    """Return what gathers facts, as in production."""
    return GatherFacts(
        recipients=store.address_book,
        providers=store.providers,
        policies=store.policies,
        backgrounds=store.backgrounds,
        spendings=store.spendings,
        check_address=address_fault,
        say=SAY,
        stage_vendors={},
        circuits=store.circuits,
        pause=60_000,
    )


def simulate_on(store: Store, accept: Accept) -> Simulate:
    """Return the use case that simulates sends."""
    return Simulate(accept=accept, rehearse=rehearse_on(store), say=SAY, shape=shape)


def explain_on(store: Store) -> Explain:
    """Return the use case that explains notifications."""
    return Explain(store.requests, store.states, rehearse_on(store))
