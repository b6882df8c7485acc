"""HTTP/1.1 over a stream, server side. h11 does the parsing, strictly: it is installed with httpx anyway."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import h11

from infra.local.sandbox.web import Answer, Request

Handler = Callable[[Request], Awaitable[Answer | None]]
"""Answers a request; None closes the connection without an answer."""


class Conversation:
    """Requests and answers on one connection, one after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str = "http") -> None:
        self._reader = reader
        self._writer = writer
        self._scheme = scheme
        self._http = h11.Connection(h11.SERVER)
        self.idle = True
        """Whether no request is under way."""

    async def serve(self, handle: Handler) -> None:
        """Answer requests until either side closes the connection."""
        try:
            while (request := await self.receive()) and (answer := await handle(request)):
                await self.send(answer)
                if self._http.our_state is not h11.DONE:
                    break
                self._http.start_next_cycle()
                self.idle = True
        except h11.RemoteProtocolError as error:
            if self._http.our_state is h11.IDLE:
                await self.send(Answer(error.error_status_hint))
        self.close()

    async def receive(self) -> Request | None:
        """Return the next request, None when the client has closed the connection."""
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
        if not isinstance(event, h11.EndOfMessage):
            return None
        headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        target = head.target.decode()
        url = f"{self._scheme}://{headers.get('host', '')}{target}" if target.startswith("/") else target
        return Request(head.method.decode(), url, headers, bytes(body), uuid.uuid4().hex, time.time())

    async def send(self, answer: Answer) -> None:
        """Send an answer."""
        headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
        reason = HTTPStatus(answer.status).phrase
        head = self._http.send(h11.Response(status_code=answer.status, headers=headers, reason=reason.encode()))
        body = self._http.send(h11.Data(data=answer.body)) if answer.body else b""
        end = self._http.send(h11.EndOfMessage())
        self._writer.write(b"".join(part for part in (head, body, end) if part))
        await self._writer.drain()

    def close(self) -> None:
        """Close the connection at once, whatever is still to be said."""
        self._writer.close()

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(65_536))
            self.idle = False
        return event
