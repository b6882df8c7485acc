"""The session of `requests` that a HostGuard stands behind. Loaded by whoever makes one (`HostGuard.session`)."""

import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any, Final, cast

from requests import PreparedRequest, ReadTimeout, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url

from chalicelib.providers.answer_watch import LONGEST, watch_answers, watching
from chalicelib.providers.guard import ForbiddenHostError, HostGuard

LARGEST_ANSWER: Final = 65_536
"""Bytes of an answer's body that are read; a longer one is cut off here."""
CHUNK: Final = 8_192


class GuardedSession(Session):
    """A session whose connections, except to hosts that the operator allows, go to checked addresses only: no proxy,
    no redirects, no cookies, no passwords from the machine's files. Answers end, in size and in time: at the read
    timeout, which here counts until the last byte.
    """

    def __init__(self, guard: HostGuard) -> None:
        super().__init__()
        self._guard = guard
        self.headers["Accept-Encoding"] = "identity"
        # With something here, requests does not look for the host in ~/.netrc.
        self.auth = _unchanged
        for scheme in ("https://", "http://"):
            self.mount(scheme, _GuardedAdapter(guard))

    def merge_environment_settings(self, url: Any, *settings: Any, **more: Any) -> Any:
        """Return what the environment says, without its proxies where the address must be one that was checked."""
        merged = cast(dict[str, Any], super().merge_environment_settings(url, *settings, **more))
        allowed = self._guard.allows(parse_url(str(url)).host or "")
        return merged if allowed else {**merged, "proxies": {}}

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """Send a request; a redirect is the answer."""
        return super().send(request, **{**options, "allow_redirects": False})


class _GuardedAdapter(HTTPAdapter):
    """Makes the connections and reads the answers."""

    def __init__(self, guard: HostGuard) -> None:
        super().__init__()
        # Connections through a proxy are made by another manager, with connections as ever.
        self.poolmanager.pool_classes_by_scheme = _pools(guard)

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        """Send a request and read its answer as far as it comes in time."""
        limit = options.get("timeout")
        with watch_answers(limit[1] if isinstance(limit, tuple) else limit) as watch:
            try:
                response = super().send(request, *arguments, **{**options, "stream": True})
            except RequestException as error:
                if watch.over:
                    raise ReadTimeout(error, request=request) from error
                raise
            if watch.over:
                # Headers that break off are taken for headers that have ended.
                raise ReadTimeout("the answer took too long", request=request)
            content = _content(response.raw)
        response.close()
        response.raw = BytesIO(content)
        # Of redirects that it does not follow, requests still reads where they lead, and raises what that makes of it.
        response.headers.pop("Location", None)
        return response


def _content(raw: HTTPResponse) -> bytes:
    """Return what there is of a body. One that breaks off is as good as none: whoever needs it cannot read it."""
    parts: list[bytes] = []
    size = 0
    with suppress(HTTPError, OSError):
        while size < LARGEST_ANSWER and (part := raw.read1(CHUNK, decode_content=False)):
            parts.append(part)
            size += len(part)
    return b"".join(parts)[:LARGEST_ANSWER]


def _pools(guard: HostGuard) -> Mapping[str, type[HTTPConnectionPool]]:
    """Return the pools by scheme, as urllib3 wants them: classes that know `guard`."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(guard, self)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
            _begin_watch(self)
            return super().getresponse()

    class Secure(HTTPSConnection):
        # The name that the certificate must have, and that is asked for in TLS and HTTP, stays the host's.
        def _new_conn(self) -> socket.socket:
            return _connect(guard, self)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
            _begin_watch(self)
            return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(guard: HostGuard, connection: HTTPConnection) -> socket.socket:
    """Connect as urllib3's own `_new_conn` does, with its errors, but to a checked address."""
    host, wait = connection.host, connection.timeout
    try:
        made = guard.connect(host, connection.port, wait if isinstance(wait, float | int) else LONGEST)
    except ForbiddenHostError:
        raise
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"Connection to {host} timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, f"No connection to {host}: {error}") from error
    for option in connection.socket_options or ():
        made.setsockopt(*option)
    sys.audit("http.client.connect", connection, host, connection.port)
    return made


def _begin_watch(connection: HTTPConnection) -> None:
    watch = watching.get()
    if watch is not None:
        watch.start(connection.sock)


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    return request
