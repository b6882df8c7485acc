"""A tenant's session on a WPPConnect server: asking with the session's token, and what the answers mean
(https://github.com/wppconnect-team/wppconnect-server: src/routes/index.ts and its Swagger comments).
"""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

import msgspec

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import Refused, Unsure
from chalicelib.providers.base import ApiKey, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.connections import Pool
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.http import Answer, judge, judge_silence, read
from chalicelib.providers.shared_call import SharedCall

if TYPE_CHECKING:
    from requests import Response

DISCONNECTED: Final = "session_disconnected"
NO_WHATSAPP: Final = "number_not_on_whatsapp"
WRONG_SECRET: Final = "wrong_secret_key"  # noqa: S105 - the name of an error
NOT_SUPPORTED: Final = "not_supported"
FAILED: Final = "server_error"
OUTCOMES: Final = {
    # No phone is paired with the session: somebody has to do that.
    DISCONNECTED: AttemptOutcome.MISCONFIGURED,
    WRONG_SECRET: AttemptOutcome.MISCONFIGURED,
    NO_WHATSAPP: AttemptOutcome.PERMANENT,
    # Another provider may have it.
    NOT_SUPPORTED: AttemptOutcome.MISCONFIGURED,
}
"""The server has no codes; these are ours for what it says
(https://github.com/wppconnect-team/wppconnect-server: src/middleware/auth.ts, src/middleware/statusConnection.ts).
"""


class WppConnectSettings(ProviderSettings, frozen=True):
    """How a tenant uses WPPConnect: the address of the server, and the `SECRET_KEY` in its configuration."""

    base_url: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^https://[A-Za-z0-9\[][A-Za-z0-9.:_\]-]{0,252}(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){0,4}\Z"
        ),
    ]
    secret_key: ApiKey


class _Token(msgspec.Struct, frozen=True):
    """What makes requests those of a session."""

    token: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]+\Z")]


class _Refusal(msgspec.Struct, frozen=True):
    """The body of an error: one of these at least is a text."""

    message: Any = None
    status: Any = None
    error: Any = None
    response: Any = None


class Session:
    """The one session of a tenant, from several threads. Its token is asked for when it is needed first."""

    def __init__(self, settings: WppConnectSettings, tenant: TenantId, timeouts: Timeouts, guard: HostGuard) -> None:
        self.name = session_name(tenant)
        self._url = f"{settings.base_url}/api/{self.name}"
        self._secret = quote(settings.secret_key, safe="")
        self._timeout = (timeouts.connect, timeouts.read)
        self._session = guard.session()
        self._pool = Pool(self._session.close)
        self._token: str | None = None
        self._ask_for_token = SharedCall(self._get_token)

    def post(self, route: str, body: Mapping[str, Any]) -> "Response | Refused | Unsure":
        """Make a request of the session; return the answer of a success, else what it means."""
        return self._as_session("POST", route, body)

    def get(self, route: str) -> "Response | Refused | Unsure":
        """Ask something of the session; return the answer of a success, else what it means."""
        return self._as_session("GET", route, None)

    def _as_session(self, method: str, route: str, body: Mapping[str, Any] | None) -> "Response | Refused | Unsure":
        token = self._token or self._ask_for_token()
        if not isinstance(token, str):
            return token
        answer = self._ask(method, route, body, {"Authorization": f"Bearer {token}"})
        if isinstance(answer, Refused) and answer.code == WRONG_SECRET:
            # The server has another key now, or has it back: the next call asks for a token anew.
            self._token = None
        return answer

    def _get_token(self) -> str | Refused:
        if self._token is not None:
            # Another thread got it a moment ago.
            return self._token
        answer = self._ask("POST", f"{self._secret}/generate-token", None, {})
        if isinstance(answer, Refused):
            # Whatever the server says here, it says it of the key.
            return misconfigured(WRONG_SECRET) if answer.kind is AttemptOutcome.PERMANENT else answer
        told = None if isinstance(answer, Unsure) else read(answer.content, _Token)
        if told is None:
            # However this ended, no message was part of it.
            return Refused(kind=AttemptOutcome.RETRIABLE, code="no_token")
        self._token = told.token
        return told.token

    def _ask(
        self, method: str, route: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> "Response | Refused | Unsure":
        from requests import RequestException

        try:
            with self._pool.connection():
                answer = self._session.request(
                    method, f"{self._url}/{route}", json=body, headers=headers, timeout=self._timeout
                )
        except RequestException as error:
            return judge_silence(error)
        return answer if answer.status_code in {HTTPStatus.OK, HTTPStatus.CREATED} else _judge(answer)


def session_name(tenant: TenantId) -> str:
    """Return the name of a tenant's session: of nothing but its id, so that none can name another's."""
    return f"herald-{tenant}"


def _judge(answer: "Response") -> Refused | Unsure:
    refusal = read(answer.content, _Refusal)
    said = refusal is not None and (isinstance(refusal.message, str) or isinstance(refusal.error, str))
    code = _code(answer.status_code, refusal.status) if refusal is not None and said else None
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), OUTCOMES, time.time())


def _code(status: int, said: object) -> str:
    match status, said:
        case HTTPStatus.UNAUTHORIZED, _:
            return WRONG_SECRET
        case HTTPStatus.NOT_FOUND, "Disconnected":
            return DISCONNECTED
        case HTTPStatus.BAD_REQUEST, "Connected":
            return NO_WHATSAPP
        case HTTPStatus.NOT_IMPLEMENTED, _:
            return NOT_SUPPORTED
        case _:
            return FAILED
