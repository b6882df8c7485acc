"""Posting JSON to vendors that have no SDK worth loading: one request a call, on connections kept while warm."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chalicelib.domain.provider import Refused, Unsure
from chalicelib.providers.base import Timeouts
from chalicelib.providers.connections import Pool
from chalicelib.providers.http import judge_silence

if TYPE_CHECKING:
    from requests import Response, Session

NO_HEADERS: Final[Mapping[str, str]] = {}


class Poster:
    """A client for JSON over HTTP, used by several threads. It follows no redirect and repeats nothing.

    Where tenants name the host, the `session` is their guard's.
    """

    def __init__(self, timeouts: Timeouts, session: "Session | None" = None) -> None:
        import requests

        # Without an adapter of its own, a session does not retry.
        self._session = session or requests.Session()
        self._timeout = (timeouts.connect, timeouts.read)
        self._pool = Pool(self._session.close)

    def post(
        self, url: str, content: Mapping[str, Any], headers: Mapping[str, str] = NO_HEADERS
    ) -> "Response | Refused | Unsure":
        """Post `content` as JSON; return the answer, or what it means that there was none."""
        return self._ask("POST", url, encoded(content), {"Content-Type": "application/json", **headers})

    def get(self, url: str, headers: Mapping[str, str] = NO_HEADERS) -> "Response | Refused | Unsure":
        """Get `url`; return the answer, or what it means that there was none."""
        return self._ask("GET", url, None, headers)

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> "Response | Refused | Unsure":
        from requests import RequestException

        try:
            with self._pool.connection():
                return self._session.request(
                    method, url, data=body, headers=dict(headers), timeout=self._timeout, allow_redirects=False
                )
        except RequestException as error:
            return judge_silence(error)


def encoded(content: Mapping[str, Any]) -> bytes:
    """Return the bytes that `content` is posted as, for vendors that limit them."""
    return msgspec.json.encode(content)
