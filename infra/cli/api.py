"""Herald's HTTP API as a client calls it: JSON in, JSON out, a bearer token, problems as errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import requests

from infra.cli.errors import CommandError, ProblemError

_SECONDS: Final = 30


@dataclass(frozen=True)
class Answer:
    """What the API answered. `body` is its JSON, None where there is none; the names of `headers` ignore case."""

    status: int
    body: Any
    headers: Mapping[str, str]


def direct_session() -> requests.Session:
    """Return a session that knows no proxies: whichever this shell is set up with, they do not lead to this machine."""
    session = requests.Session()
    session.trust_env = False
    return session


class Api:
    """The API at `base_url`, called with `token` in `tenant` (for tokens that reach several); both may be absent."""

    def __init__(self, base_url: str, token: str | None = None, tenant: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        self._session = direct_session()
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"
        if tenant is not None:
            self._session.headers["X-Tenant-ID"] = tenant

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to one call, whatever its status; CommandError when there is none."""
        try:
            response = self._session.request(
                method, self.base_url + path, json=body, params=query, headers=headers, timeout=_SECONDS
            )
        except requests.RequestException as error:
            raise CommandError(f"The API at {self.base_url} does not answer: {error}") from error
        return Answer(response.status_code, _json(response), response.headers)

    def get(self, path: str, **query: Any) -> Any:
        """Return the body of the answer; ProblemError when it is a refusal."""
        return self.demand("GET", path, query=query).body

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Post; `headers` are given with underscores (`idempotency_key`). Return and raise as `get` does."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.demand("POST", path, body, headers=named).body

    def put(self, path: str, body: Any = None) -> Any:
        """Put. Return and raise as `get` does."""
        return self.demand("PUT", path, body).body

    def patch(self, path: str, body: Any = None) -> Any:
        """Patch. Return and raise as `get` does."""
        return self.demand("PATCH", path, body).body

    def find(self, path: str) -> Any | None:
        """Return what there is at `path`, None when there is nothing."""
        answer = self.call("GET", path)
        return None if answer.status == HTTPStatus.NOT_FOUND else _accepted("GET", path, answer).body

    def demand(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Return the answer to one call as `call` does; ProblemError when it is a refusal."""
        return _accepted(method, path, self.call(method, path, body, **more))


def _json(response: requests.Response) -> Any:
    # API Gateway names a type for an answer without a body too.
    if not response.content or "json" not in response.headers.get("Content-Type", ""):
        return None
    return response.json()


def _accepted(method: str, path: str, answer: Answer) -> Answer:
    if answer.status < HTTPStatus.BAD_REQUEST:
        return answer
    problem = answer.body if isinstance(answer.body, dict) else {}
    code = str(problem.get("code", "no_code"))
    faults = [_told(fault) for fault in problem.get("faults", [])]
    said = str(problem.get("detail") or problem.get("title") or "no reason given").rstrip(".")
    places = f" ({'; '.join(faults)})" if faults else ""
    raise ProblemError(f"{method} {path} answered {answer.status} {code}: {said}{places}.", answer.status, code)


def _told(fault: Mapping[str, Any]) -> str:
    place = f" in line {fault['line']}, column {fault.get('column')}" if fault.get("line") else ""
    return f"{fault.get('pointer')} {fault.get('code')}{place}"
