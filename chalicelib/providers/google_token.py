"""Access tokens for Google's APIs, got before anything is sent: a failure here is never an unknown outcome."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Refused
from chalicelib.providers.base import misconfigured
from chalicelib.providers.shared_call import SharedCall

if TYPE_CHECKING:
    from google.oauth2.service_account import Credentials


class AccessToken:
    """The access token of a service account, shared by the threads of a worker."""

    def __init__(self, credentials: "Credentials", timeout: tuple[float, float]) -> None:
        self._credentials = credentials
        self._timeout = timeout
        self._ask = SharedCall(self._get)

    def ensure(self) -> Refused | None:
        """Get a token unless there is a valid one; return why there is none."""
        return None if self._credentials.valid else self._ask()

    def forget(self) -> None:
        """Get a new token next time, although this one should still be valid."""
        self._credentials.token = None

    def _get(self) -> Refused | None:
        import requests
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request

        if self._credentials.valid:
            # Another thread got it a moment ago.
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


def key_fault(pem: str) -> str | None:
    """Return what keeps the private key of a service account from signing for an access token, None where nothing."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        return "the key is encrypted: give it without a password"
    except (ValueError, UnsupportedAlgorithm):
        return "not a private key in PEM"
    return None if isinstance(key, RSAPrivateKey) else "not an RSA key"
