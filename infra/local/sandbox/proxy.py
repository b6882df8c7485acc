"""The forward proxy: ends TLS for the vendors' hosts, lets the vendors answer, and applies the faults."""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Final

import h11

from infra.local.sandbox.conversation import Conversation
from infra.local.sandbox.faults import ON_CONNECTION, ON_REQUEST, Fault, FaultKind, Faults
from infra.local.sandbox.records import Records, record_request
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request

_BAD_GATEWAY: Final = Answer(
    502,
    b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
    {"content-type": "text/html"},
)
_MALFORMED: Final = Answer(200, b"<html><body>It works!</body></html>", {"content-type": "text/html"})


class Proxy:
    """Takes CONNECT to the vendors' hosts and nothing else: 403 for other hosts, 405 for other methods."""

    def __init__(self, vendors: Iterable[Vendor], tls: ssl.SSLContext, records: Records, faults: Faults) -> None:
        self._vendors = {host: vendor for vendor in vendors for host in vendor.hosts}
        self._tls = tls
        self._records = records
        self._faults = faults
        self._open: dict[Conversation, Vendor] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client connection."""
        try:
            if vendor := await self._connect(Conversation(reader, writer)):
                await self._tunnel(vendor, reader, writer)
        except (ConnectionError, ssl.SSLError, h11.RemoteProtocolError):
            return  # the client went away, does not trust us, or does not speak HTTP
        finally:
            writer.close()

    def cut_idle(self, vendor: str) -> None:
        """Close the connections to a vendor that no request uses, so that the next request must connect anew."""
        for conversation in [c for c, v in self._open.items() if v.name == vendor and c.idle]:
            conversation.close()

    async def _connect(self, conversation: Conversation) -> Vendor | None:
        """Return the vendor that the client may talk to now; else it has been told why not."""
        request = await conversation.receive()
        if request is None:
            return None
        if request.method != "CONNECT":
            await conversation.send(Answer(405, b"This proxy only opens tunnels.", {"allow": "CONNECT"}))
            return None
        host, _, port = request.url.partition(":")
        vendor = self._vendors.get(host)
        if vendor is None or port != "443":
            await conversation.send(Answer(403, f"No vendor at {request.url}.".encode()))
            return None
        if self._faults.strike(vendor.name, ON_CONNECTION):
            await conversation.send(Answer(503, f"Cannot connect to {request.url}.".encode()))
            return None
        return vendor

    async def _tunnel(self, vendor: Vendor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(self._tls)
        conversation = Conversation(reader, writer, "https")
        self._open[conversation] = vendor
        try:
            await conversation.serve(lambda request: self._respond(vendor, request))
        finally:
            del self._open[conversation]

    async def _respond(self, vendor: Vendor, request: Request) -> Answer | None:
        if vendor.access_route and request.path.endswith(vendor.access_route):
            return vendor.answer(request)
        fault = self._faults.strike(vendor.name, ON_REQUEST, request.content)
        kind = fault.kind if fault else None
        answer = _answer(vendor, request, fault)
        answered = not (kind is FaultKind.DROPPED and answer.accepted)
        await self._records.add(record_request(vendor.name, request, answer, kind, answered=answered))
        if fault is None or not answer.accepted:
            return answer
        match fault.kind:
            case FaultKind.SLOW:
                await asyncio.sleep(fault.delay)
            case FaultKind.MALFORMED:
                return _MALFORMED
        return answer if answered else None


def _answer(vendor: Vendor, request: Request, fault: Fault | None) -> Answer:
    match fault:
        case Fault(kind=FaultKind.STATUS, status=status, retry_after=wait):
            answer = vendor.failure(status)
            headers = answer.headers if wait is None else {**answer.headers, "retry-after": f"{wait:g}"}
            return Answer(answer.status, answer.body, headers)
        case Fault(kind=FaultKind.BAD_GATEWAY):
            return _BAD_GATEWAY
        case _:
            return vendor.answer(request)
