"""Which hosts a tenant may have us connect to: those of the public internet, and those that the operator allows.

What tenants name (a webhook's endpoint, a mail server, a chat server of their own) is resolved once, every address it
has must be public, and the connection goes to one of these very addresses: a name that answers differently a moment
later gains nothing.
"""

import re
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from ipaddress import ip_address
from threading import Thread
from typing import TYPE_CHECKING, Final

from chalicelib.providers.public_addresses import Address, is_public

if TYPE_CHECKING:
    from requests import Session

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a name, for connections to a port; raises OSError."""

MOST_TRIED: Final = 4
"""Addresses of one host that are tried, one after another."""
LONGEST_LOOKUP: Final = 3.0
"""Seconds, as many as a connection may take: by itself a resolver waits for a tenant's name server much longer."""
# Compiled when first used: every function loads this file, and few meet a host.
LABEL: Final = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
NAME: Final = rf"(?=.{{1,253}}\Z){LABEL}(\.{LABEL})*\Z"
"""A name in ASCII, in lower case, without the dot at its end (RFC 1123 §2.1, and the underscore that names have)."""
NUMBER: Final = r"([0-9]+|0x[0-9a-f]*)\Z"
"""What a name must not end in: resolvers take `127.1`, `2130706433`, `0177.0.0.1` and `0x7f000001` for addresses
(https://url.spec.whatwg.org/#ends-in-a-number-checker)."""
PATTERN: Final = rf"(\*|(\*\.)?{LABEL}(\.{LABEL})*|[0-9a-f:.]+)\Z"
"""Everything, all names below a domain, or one name or address."""


class ForbiddenHostError(OSError):
    """The host is not one that a tenant may name, or its name is none. Nothing was sent.

    As an OSError it comes through every client's code for connections that fail; `http.judge_silence` finds it again.
    """


class HostGuard:
    """Decides about hosts, and connects to those it lets pass.

    `allowed` are the operator's patterns (`*.corp.example.com`, one name or address, or `*` for all); hosts that match
    are not looked at: neither resolved nor pinned, and reached through a proxy where the environment names one.
    Making one raises ValueError for a pattern that is none. Any number of threads may use one.
    """

    def __init__(self, allowed: Iterable[str] = (), resolve: Resolve | None = None) -> None:
        self._allowed = tuple(map(_pattern, allowed))
        self._resolve = resolve or _resolve

    def allows(self, host: str) -> bool:
        """Tell whether the operator allows the host, whatever its addresses are."""
        host = _plain(host)
        return any(_matches(host, pattern) for pattern in self._allowed)

    def check(self, host: str, port: int) -> tuple[str, ...]:
        """Return where to connect to: the addresses of `host`, or just itself where the operator allows it.

        Raises
        ------
        ForbiddenHostError
            One of its addresses is not public, or it is no host.
        OSError
            It could not be resolved, or not in time.
        """
        if self.allows(host):
            return (_plain(host),)
        addresses = self._addresses(_plain(host), port)
        if not addresses or not all(map(is_public, addresses)):
            # Not which address: that would tell a tenant of the network's inside.
            raise ForbiddenHostError("forbidden_host")
        return tuple(dict.fromkeys(map(str, addresses)))

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return a connection to `host`, made within `timeout` seconds; the socket keeps them as its timeout.

        Raises what `check` does, and OSError where nobody answers.
        """
        addresses = self.check(host, port)[:MOST_TRIED]
        ends = time.monotonic() + timeout
        for left in range(len(addresses), 0, -1):
            share = max((ends - time.monotonic()) / left, 0.001)
            try:
                connection = socket.create_connection((addresses[-left], port), share)
            except UnicodeError as error:
                # A name with an empty part, or with one that is too long.
                raise ForbiddenHostError("forbidden_host") from error
            except OSError:
                if left == 1:
                    raise
            else:
                connection.settimeout(timeout)
                return connection
        raise ForbiddenHostError("forbidden_host")

    def session(self) -> "Session":
        """Return a session of `requests` that connects by this guard alone, never follows redirects and gives up on
        answers that do not end. It raises what sessions do; `http.judge_silence` knows what it means.
        """
        from chalicelib.providers.guarded_session import GuardedSession

        return GuardedSession(self)

    def _addresses(self, host: str, port: int) -> list[Address]:
        literal = _literal(host)
        if literal is not None:
            return [literal]
        if not re.match(NAME, host) or re.match(NUMBER, host.rpartition(".")[2]):
            raise ForbiddenHostError("forbidden_host")
        return [ip_address(address) for address in _in_time(self._resolve, host, port)]


def _plain(host: str) -> str:
    """Return a host as it is compared: in lower case, without brackets and without the root's dot."""
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1].lower()
    return host.lower().removesuffix(".")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _pattern(text: str) -> str:
    pattern = text.strip().lower()
    if not re.match(PATTERN, pattern):
        raise ValueError(f"not a pattern of hosts: {text[:64]!r}")
    return pattern


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and re.match(NAME, host) is not None
    return pattern in {"*", host}


def _in_time(resolve: Resolve, host: str, port: int) -> Sequence[str]:
    """Return what `resolve` does; raises TimeoutError when it takes too long, and leaves it to itself."""
    found: Future[Sequence[str]] = Future()

    def look_up() -> None:
        try:
            found.set_result(resolve(host, port))
        except OSError as error:
            found.set_exception(error)

    Thread(target=look_up, daemon=True).start()
    return found.result(LONGEST_LOOKUP)


def _resolve(host: str, port: int) -> Sequence[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


PUBLIC_ONLY: Final = HostGuard()
"""What is in force where nobody says otherwise."""
