"""One result for a message that went to several devices or other targets, whatever became of it at each."""

from collections.abc import Sequence
from typing import Final

import msgspec

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure

HOPE: Final = (AttemptOutcome.RETRIABLE, AttemptOutcome.MISCONFIGURED, AttemptOutcome.PERMANENT)


def combine(tokens: Sequence[str], results: Sequence[ProviderResult], dead_code: str | None = None) -> ProviderResult:
    """Return the one result of a message to several devices; `dead_code` is the vendor's for one that is gone, where
    it has one.

    One device reached is enough. If none was for certain, but some may have been, the outcome is unknown. Otherwise the
    most hopeful refusal counts.
    """
    dead = tuple(
        token
        for token, result in zip(tokens, results, strict=True)
        if isinstance(result, Refused) and result.code == dead_code
    )
    accepted = [result for result in results if isinstance(result, Accepted)]
    if accepted:
        return msgspec.structs.replace(accepted[0], dead_tokens=dead)
    unsure = [result for result in results if isinstance(result, Unsure)]
    if unsure:
        return unsure[0]
    refused = [result for result in results if isinstance(result, Refused)]
    best = min(refused, key=lambda result: HOPE.index(result.kind))
    return msgspec.structs.replace(best, dead_tokens=dead)
