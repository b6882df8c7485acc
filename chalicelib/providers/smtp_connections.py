"""Connections to a mail server: opened, secured, logged in, and kept a moment for the next message."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from typing import BinaryIO, Final, Literal

from chalicelib.domain.value import Value
from chalicelib.providers.answer_watch import watching
from chalicelib.providers.base import Timeouts
from chalicelib.providers.connections import LONGEST_IDLE
from chalicelib.providers.guard import HostGuard

READY: Final = 220
"""The greeting of a server that is (RFC 5321 §4.2.3)."""
LARGEST_REPLY: Final = 65_536
"""Bytes of one reply: smtplib reads lines, and keeps them, for as long as they come."""
Security = Literal["starttls", "tls", "none"]


class MailServer(Value, frozen=True):
    """Where a mail server is and how to get in. `login` is a user's name and password."""

    host: str
    port: int
    security: Security
    login: tuple[str, str] | None = None

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


class SmtpConnections:
    """The connections of one worker to one mail server; any number of threads may use them."""

    def __init__(
        self, server: MailServer, timeouts: Timeouts, guard: HostGuard, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = server
        self._timeouts = timeouts
        self._guard = guard
        self._clock = clock
        self._tls = None if server.security == "none" else ssl.create_default_context()
        self._idle: list[tuple[Dialog, float]] = []

    def take(self, hello: str) -> "Dialog":
        """Return a connection that is ready for a message; `hello` is the name we introduce ourselves with. Where the
        caller watches its answers (`watch_answers`), the connection breaks off when its time is over.

        Raises
        ------
        OSError
            There is none to be had; `smtplib.SMTPException`, one of them, where it is the server that says so.
        """
        while self._idle:
            connection, since = self._idle.pop()
            _watch(connection.line)
            if self._clock() - since <= LONGEST_IDLE and _is_alive(connection):
                return connection
            connection.close()
        return self._open(hello)

    def put_back(self, connection: "Dialog") -> None:
        """Keep a connection on which every command was answered."""
        self._idle.append((connection, self._clock()))

    def close(self) -> None:
        """Let go of the connections that are kept."""
        while self._idle:
            self._idle.pop()[0].close()

    def _open(self, hello: str) -> "Dialog":
        connection = self._connect(hello)
        try:
            if connection.sock is not None:
                connection.sock.settimeout(self._timeouts.read)
            if self._server.security == "starttls":
                connection.starttls(context=self._tls)
            if self._server.login is not None:
                connection.login(*self._server.login)
            connection.ehlo_or_helo_if_needed()
        except Exception:
            connection.close()
            raise
        return connection

    def _connect(self, hello: str) -> "Dialog":
        at_once = self._tls if self._server.security == "tls" else None
        connection = Dialog(hello, self._timeouts.connect, self._guard, at_once)
        try:
            connection.greet(self._server.host, self._server.port)
        except Exception:
            connection.close()
            raise
        return connection


class _Replies:
    """What a server replies, as smtplib reads it; `left` is how many bytes more one reply may have."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.left = LARGEST_REPLY

    def readline(self, size: int) -> bytes:
        """Return the next line; raises OSError when the reply is too large."""
        line = self._stream.readline(size)
        self.left -= len(line)
        if self.left < 0:
            raise OSError("the reply does not end")
        return line

    def close(self) -> None:
        """Let go of the stream."""
        self._stream.close()


class Dialog(smtplib.SMTP):
    """smtplib's dialog with a server, on a connection that the guard made: the name is the host's, the address is one
    that was checked. With `at_once` it is TLS from the first byte (RFC 8314).
    """

    def __init__(self, hello: str, wait: float, guard: HostGuard, at_once: ssl.SSLContext | None) -> None:
        # Without a name, smtplib asks the DNS for that of this host, which in Lambda takes its time and finds nothing.
        super().__init__(local_hostname=hello, timeout=wait)
        self._guard = guard
        self._at_once = at_once
        self.line: socket.socket | None = None

    def greet(self, host: str, port: int) -> None:
        """Connect and hear the server's greeting; raises OSError, of which smtplib's exceptions are."""
        self._host = host  # what STARTTLS wants to see in the certificate
        code, reply = self.connect(host, port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, reply)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._guard.connect(host, port, timeout)
        # TLS takes the socket over: a second handle of it stays.
        self.line = connection.dup()
        _watch(self.line)
        if self._at_once is None:
            return connection
        try:
            return self._at_once.wrap_socket(connection, server_hostname=host)
        except OSError:
            connection.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """Return the code and the text of the next reply; raises OSError."""
        if self.sock is not None:
            self.file = self.file or _Replies(self.sock.makefile("rb"))
            self.file.left = LARGEST_REPLY
        return super().getreply()

    def close(self) -> None:
        """Let go of the connection."""
        super().close()
        if self.line is not None:
            self.line.close()


def _watch(line: socket.socket | None) -> None:
    watch = watching.get()
    if watch is not None:
        watch.start(line)


def _is_alive(connection: smtplib.SMTP) -> bool:
    try:
        code, _ = connection.rset()
    except OSError:
        return False
    return code == 250  # noqa: PLR2004 - "OK", RFC 5321 §4.2.3
