"""Connections to a mail server: opened, secured, logged in, and kept a moment for the next message."""

import smtplib
import ssl
import time
from collections.abc import Callable
from typing import Literal

from chalicelib.domain.value import Value
from chalicelib.providers.base import Timeouts
from chalicelib.providers.connections import LONGEST_IDLE

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

    def __init__(self, server: MailServer, timeouts: Timeouts, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._timeouts = timeouts
        self._clock = clock
        self._tls = None if server.security == "none" else ssl.create_default_context()
        self._idle: list[tuple[smtplib.SMTP, float]] = []

    def take(self, hello: str) -> smtplib.SMTP:
        """Return a connection that is ready for a message; `hello` is the name we introduce ourselves with.

        Raises
        ------
        OSError
            There is none to be had; `smtplib.SMTPException`, one of them, where it is the server that says so.
        """
        while self._idle:
            connection, since = self._idle.pop()
            if self._clock() - since <= LONGEST_IDLE and _is_alive(connection):
                return connection
            connection.close()
        return self._open(hello)

    def put_back(self, connection: smtplib.SMTP) -> None:
        """Keep a connection on which every command was answered."""
        self._idle.append((connection, self._clock()))

    def close(self) -> None:
        """Let go of the connections that are kept."""
        while self._idle:
            self._idle.pop()[0].close()

    def _open(self, hello: str) -> smtplib.SMTP:
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

    def _connect(self, hello: str) -> smtplib.SMTP:
        # Without a name, smtplib asks the DNS for that of this host, which in Lambda takes its time and finds nothing.
        host, port, wait = self._server.host, self._server.port, self._timeouts.connect
        if self._server.security == "tls":
            return smtplib.SMTP_SSL(host, port, local_hostname=hello, timeout=wait, context=self._tls)
        return smtplib.SMTP(host, port, local_hostname=hello, timeout=wait)


def _is_alive(connection: smtplib.SMTP) -> bool:
    try:
        code, _ = connection.rset()
    except OSError:
        return False
    return code == 250  # noqa: PLR2004 - "OK", RFC 5321 §4.2.3
