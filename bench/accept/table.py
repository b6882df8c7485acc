"""A table that answers at once, as a process of its own: what it does is not measured. Prints its port and serves.

It takes every write and knows one item, the tenant that sends, as much as it likes.
"""

import asyncio
import json
from typing import Final

from chalicelib.domain.ids import TenantId
from chalicelib.domain.rate_limit import Limit
from chalicelib.domain.tenant import Tenant, TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import DocumentItem
from chalicelib.store.packing import pack

TENANT: Final = TenantId("acme")
A_MINUTE: Final = 100_000
"""Sends that the tenant lets through."""


async def serve() -> None:
    """Listen on a free port of the loopback until this process is ended."""
    server = await asyncio.start_server(_converse, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            await _answer(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionResetError):
        writer.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    await reader.readexactly(int(headers["content-length"]))
    body = _ANSWERS.get(headers["x-amz-target"].rpartition(".")[2], b"{}")
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


def _tenant_item() -> bytes:
    settings = TenantSettings(rate_limits={Limit.SEND: A_MINUTE})
    tenant = Tenant(id=TENANT, name="Acme", created_at=Millis(0), settings=settings)
    row = DocumentItem(*keys.tenant(TENANT), version=tenant.version, body=pack(tenant))
    return json.dumps({"Item": row.serialize()}).encode()


_ANSWERS: Final = {
    "GetItem": _tenant_item(),
    "Query": b'{"Items": [], "Count": 0, "ScannedCount": 0}',
    "UpdateItem": b'{"Attributes": {}}',
}

if __name__ == "__main__":
    asyncio.run(serve())
