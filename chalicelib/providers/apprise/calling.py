"""A call of Apprise: how long it may take, and what its answer means."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.apprise.hearing import Heard, hearing
from chalicelib.providers.http import GATEWAY_ERRORS, judge_silence

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

RETRIES: Final = 1
"""Apprise does not say why a call failed: once more, then the next provider."""


def notify(plugin: "NotifyBase", **words: Any) -> ProviderResult:
    """Have a plugin send; returns what became of it. Raises what the plugin does, if it breaks."""
    with hearing() as heard:
        sent = plugin.notify(**words)
    return Accepted() if sent else judged(heard)


def within(seconds: float, call: Callable[[], ProviderResult]) -> ProviderResult:
    """Return the result of `call`, unknown where it takes longer; it is then left to itself.

    A socket's timeout is that of each piece that arrives: a server could hold a worker by a byte every few seconds.
    """
    caller = ThreadPoolExecutor(1)
    try:
        return caller.submit(call).result(seconds)
    except TimeoutError:
        return Unsure(code="timeout")
    finally:
        caller.shutdown(wait=False)


def judged(heard: Heard) -> ProviderResult:
    """Return what it means that Apprise said no. What it tells apart is whether there was an answer at all."""
    if heard.error is not None:
        result = judge_silence(heard.error)
        if isinstance(result, Unsure) and isinstance(heard.error, ValueError):
            return Unsure(code="unreadable_answer")
        passes = isinstance(result, Refused) and result.kind is AttemptOutcome.RETRIABLE
        return msgspec.structs.replace(result, retries=RETRIES) if passes else result
    if heard.status in GATEWAY_ERRORS:
        return Unsure(code=f"http_{heard.status}")
    code = "failure" if heard.status is None else f"http_{heard.status}"
    # An answer below 500 is of a vendor that is well: the message or the settings displease it, or there are too many.
    ill = heard.status is None or heard.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Refused(kind=AttemptOutcome.RETRIABLE, code=code, retries=RETRIES, telling=ill)
