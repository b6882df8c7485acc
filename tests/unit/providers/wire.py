"""A server on loopback that says what a test tells it to, byte for byte, and remembers what it was told."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import parse_headers

Answers = bytes | Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Heard:
    """One HTTP request as it came in."""

    line: str
    headers: Message
    body: bytes


@dataclass(slots=True)
class Wire:
    """The server: where it listens and what it heard."""

    port: int
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"


def answer(status: int, body: bytes, *headers: str) -> bytes:
    """Return the bytes of an HTTP answer."""
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextmanager
def http_server(*answers: Answers) -> Iterator[Wire]:
    """Serve one answer a connection, in order; an empty one hangs up after the request. One that is a function is made
    when the request is there.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, answers, wire))
        thread.start()
        try:
            yield wire
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, answers: tuple[Answers, ...], wire: Wire) -> None:
    for content in answers:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # the test is over
        with connection, connection.makefile("rb") as stream:
            line = stream.readline().decode().strip()
            headers = parse_headers(stream)
            body = stream.read(int(headers.get("Content-Length", 0)))
            wire.heard.append(Heard(line, headers, body))
            connection.sendall(content() if callable(content) else content)
