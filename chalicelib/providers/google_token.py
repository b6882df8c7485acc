"""Access tokens for Google's APIs, got before anything is sent: a failure here is never an unknown outcome."""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Refused
from chalicelib.providers.base import misconfigured

if TYPE_CHECKING:
    from google.oauth2.service_account import Credentials


class AccessToken:
    """The access token of a service account, shared by the threads of a worker."""

    def __init__(self, credentials: "Credentials", timeout: tuple[float, float]) -> None:
        self._credentials = credentials
        self._timeout = timeout
        self._lock = Lock()

    def ensure(self) -> Refused | None:
        """Get a token unless there is a valid one; return why there is none."""
        import requests
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request

        with self._lock:
            if self._credentials.valid:
                return None
            try:
                with requests.Session() as session:
                    ask = partial(_ask_once, Request(session), timeout=self._timeout)
                    self._credentials.refresh(ask)  # type: ignore[no-untyped-call]
            except GoogleAuthError as error:
                return token_refusal(error)
            except (_UnavailableError, TypeError, ValueError):
                # The last two: a success that is no token. Whoever answered, it was not Google.
                return Refused(kind=AttemptOutcome.RETRIABLE, code="token_unavailable")
        return None

    def forget(self) -> None:
        """Get a new token next time, although this one should still be valid."""
        self._credentials.token = None


class _UnavailableError(Exception):
    """Google asks to try again later."""


def _ask_once(request: Callable[..., Any], url: str, **arguments: Any) -> Any:
    """Make a request for Google's library, which would sleep and repeat it while other threads wait for the token."""
    from google.auth.transport import DEFAULT_RETRYABLE_STATUS_CODES

    response = request(url, **arguments)
    if response.status in DEFAULT_RETRYABLE_STATUS_CODES:
        raise _UnavailableError(f"{url} answered {response.status}")
    return response


def token_refusal(error: BaseException) -> Refused:
    """Return what it means that no token was given: a word of OAuth's (`invalid_grant`: the key was revoked) concerns
    the key, anything else passes.
    """
    answer = error.args[1] if len(error.args) > 1 else None
    passes = getattr(error, "retryable", False)
    if isinstance(answer, dict) and isinstance(answer.get("error"), str) and not passes:
        return misconfigured(answer["error"])
    return Refused(kind=AttemptOutcome.RETRIABLE, code="token_unavailable")
