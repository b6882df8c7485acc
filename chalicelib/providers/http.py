"""What an HTTP vendor's answer means, and what its silence means: decided here, once for all SDKs.

The line that matters runs between "the vendor did not take it" (it may be sent again) and "nobody can tell" (it may
not): a failure counts as the first only with proof that the request never left, or a refusal in the vendor's own words.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import msgspec

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Refused, Unsure
from chalicelib.domain.value import Value
from chalicelib.domain.wire import prepared
from chalicelib.providers.guard import ForbiddenHostError

T = TypeVar("T")

Outcomes = Mapping[str, AttemptOutcome]
"""A vendor's error codes and what each means for the message."""

TOO_MANY_REQUESTS: Final = 429
GATEWAY_ERRORS: Final = frozenset({502, 504})
"""A gateway says that it does not know what became of the request behind it."""
BY_STATUS: Final = {
    401: AttemptOutcome.MISCONFIGURED,
    403: AttemptOutcome.MISCONFIGURED,
    TOO_MANY_REQUESTS: AttemptOutcome.RETRIABLE,
}
BY_CLASS: Final = {4: AttemptOutcome.PERMANENT, 5: AttemptOutcome.RETRIABLE}

NEVER_SENT: Final = frozenset(
    {
        "builtins.ConnectionRefusedError",
        "socket.gaierror",
        "ssl.SSLCertVerificationError",
        # urllib raises it for whatever fails until the last byte of the request is handed over, and only for that.
        "urllib.error.URLError",
        "urllib3.exceptions.ConnectTimeoutError",
        "urllib3.exceptions.NameResolutionError",
        "urllib3.exceptions.NewConnectionError",
        # Not urllib3's ProxyError: it is also raised when a connection through a proxy breaks after the request.
        "botocore.exceptions.ConnectTimeoutError",
        "botocore.exceptions.EndpointConnectionError",
    }
)
"""Exceptions that prove that the vendor did not get the request. By name, so that no SDK is loaded to compare them."""
UNREQUESTABLE: Final = frozenset(
    {
        "requests.exceptions.InvalidSchema",
        "requests.exceptions.InvalidURL",
        "requests.exceptions.MissingSchema",
    }
)
"""Those that say that there can be no request to such an address."""
NO_TUNNEL: Final = "Tunnel connection failed"
"""How http.client's OSError begins when a proxy did not connect us."""


class Answer(Value, frozen=True):
    """An answer that is not a success. `code` is the vendor's own word for it, None when the body is not in the
    vendor's shape: then somebody else answered, and what became of the request is unknown.
    """

    status: int
    code: str | None
    retry_after: str | None = None


def judge(answer: Answer, outcomes: Outcomes, now: float) -> Refused | Unsure:
    """Return what an answer means: by the vendor's code where `outcomes` knows it, else by the HTTP status.

    `now` is in seconds since the epoch.
    """
    kind = _kind(answer, outcomes)
    code = answer.code or f"http_{answer.status}"
    if kind is AttemptOutcome.UNKNOWN:
        return Unsure(code=code)
    if kind is AttemptOutcome.RETRIABLE:
        waits = seconds_to_wait(answer.retry_after, now)
        return Refused(kind=kind, code=code, retry_after=waits, telling=answer.status != TOO_MANY_REQUESTS)
    return Refused(kind=kind, code=code)


def judge_silence(error: BaseException) -> Refused | Unsure:
    """Return what it means that there was no answer but this exception of an SDK."""
    if any(isinstance(cause, ForbiddenHostError) for cause in _with_causes(error)):
        return Refused(kind=AttemptOutcome.MISCONFIGURED, code="forbidden_host", telling=False)
    if _name_of(error) in UNREQUESTABLE:
        return Refused(kind=AttemptOutcome.MISCONFIGURED, code="invalid_url", telling=False)
    if any(_proves_unsent(cause) for cause in _with_causes(error)):
        return Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed")
    return unsure_for(error)


def unsure_for(error: BaseException) -> Unsure:
    """Return the unknown outcome of a request that went out before this exception."""
    timed_out = any("Timeout" in type(cause).__name__ for cause in _with_causes(error))
    return Unsure(code="timeout" if timed_out else "connection_lost")


def read(body: bytes, shape: type[T]) -> T | None:
    """Return the JSON of an answer in the `shape` that a vendor documents, None when it has another."""
    try:
        return msgspec.json.decode(body, type=prepared(shape))
    except msgspec.DecodeError:
        return None


def seconds_to_wait(retry_after: str | None, now: float) -> float | None:
    """Return the seconds a `Retry-After` header asks for (RFC 9110 §10.2.3: a number, or a date); None if neither."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            date = parsedate_to_datetime(retry_after)
            seconds = date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _kind(answer: Answer, outcomes: Outcomes) -> AttemptOutcome:
    # Whoever limits the rate has not let the request pass, be it the vendor or a hop before it.
    if answer.status in GATEWAY_ERRORS or (answer.code is None and answer.status != TOO_MANY_REQUESTS):
        return AttemptOutcome.UNKNOWN
    by_status = BY_STATUS.get(answer.status) or BY_CLASS.get(answer.status // 100, AttemptOutcome.UNKNOWN)
    return outcomes.get(answer.code or "", by_status)


def _proves_unsent(error: BaseException) -> bool:
    return _name_of(error) in NEVER_SENT or str(error).startswith(NO_TUNNEL)


def _name_of(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}"


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything it was raised from or during."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
