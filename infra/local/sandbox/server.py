"""The sandbox's process: opens its ports, says where they are, and runs until it is told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec

from infra.local import mail
from infra.local.sandbox.accounts import open_accounts
from infra.local.sandbox.certificates import open_authority, server_context
from infra.local.sandbox.control import Control
from infra.local.sandbox.conversation import Conversation
from infra.local.sandbox.faults import Faults
from infra.local.sandbox.folder import Folder, Ports, Process
from infra.local.sandbox.proxy import Proxy
from infra.local.sandbox.records import Records
from infra.local.sandbox.vendor import find_vendors

_HOST: Final = "127.0.0.1"
_BACKLOG: Final = 512

Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


async def run(folder: Folder, ports: Ports) -> None:
    """Serve until SIGTERM or SIGINT, with everything in `folder`."""
    folder.empty_mail()
    classes = find_vendors()
    makers = {name: vendor.new_account for name, vendor in classes.items()}
    accounts = open_accounts(folder.accounts, makers | {mail.VENDOR: mail.new_account})
    vendors = [vendor(accounts) for vendor in classes.values()]
    authority = open_authority(folder.authority)
    records, faults = Records(), Faults()
    tls = server_context(authority, [host for vendor in vendors for host in vendor.hosts])
    proxy = Proxy(vendors, tls, records, faults)
    control = Control(records, faults, proxy, folder)
    sink = mail.MailSink(folder.mail, accounts[mail.VENDOR], records, faults)
    mail_tls = server_context(authority, ["localhost", _HOST])
    loop = asyncio.get_running_loop()
    servers = [
        await asyncio.start_server(proxy.serve, _HOST, ports.proxy, backlog=_BACKLOG),
        await asyncio.start_server(_plain(control), _HOST, ports.control, backlog=_BACKLOG),
        await loop.create_server(sink.protocols(mail_tls, starttls=True), _HOST, ports.smtp, backlog=_BACKLOG),
        await loop.create_server(
            sink.protocols(mail_tls, starttls=False), _HOST, ports.smtps, backlog=_BACKLOG, ssl=mail_tls
        ),
    ]
    control.ports = Ports(*(server.sockets[0].getsockname()[1] for server in servers))
    folder.announce(Process(os.getpid(), control.ports))
    logging.getLogger(__name__).info("listening on %s", msgspec.to_builtins(control.ports))
    await _told_to_stop(loop)
    for server in servers:
        server.close()
    folder.process.unlink(missing_ok=True)


def _plain(control: Control) -> Streams:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Conversation(reader, writer).serve(control.answer)
        except ConnectionError:
            return  # the client went away
        finally:
            writer.close()

    return serve


async def _told_to_stop(loop: asyncio.AbstractEventLoop) -> None:
    stopped = asyncio.Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, stopped.set)
    await stopped.wait()
