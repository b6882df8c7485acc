"""The control API: plain HTTP and JSON, for tests and for a person with curl.

GET    /health    the process and its ports
GET    /records   ?vendor= &contains= &accepted= &atLeast= &within=    what reached the vendors
GET    /mail      ?file=                                               one message as it came
GET    /faults    the faults that may still strike
POST   /faults    one more: see `faults.Fault`
DELETE /faults, DELETE /records                                        forget them
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from infra.local.sandbox.faults import Fault, FaultKind, Faults
from infra.local.sandbox.folder import Folder, Ports, Process
from infra.local.sandbox.proxy import Proxy
from infra.local.sandbox.records import Query, Records
from infra.local.sandbox.web import Answer, Request, json_answer


class Control:
    """Answers the control API's requests."""

    def __init__(self, records: Records, faults: Faults, proxy: Proxy, folder: Folder) -> None:
        self._records = records
        self._faults = faults
        self._proxy = proxy
        self._folder = folder
        self.ports = Ports()

    async def answer(self, request: Request) -> Answer:
        """Answer one request: 400 with a reason for what cannot be read."""
        routes: dict[tuple[str, str], Callable[[Request], Awaitable[Answer]]] = {
            ("GET", "/health"): self._health,
            ("GET", "/records"): self._find_records,
            ("DELETE", "/records"): self._clear_records,
            ("GET", "/mail"): self._read_mail,
            ("GET", "/faults"): self._list_faults,
            ("POST", "/faults"): self._set_fault,
            ("DELETE", "/faults"): self._clear_faults,
        }
        handler = routes.get((request.method, request.path))
        if handler is None:
            return json_answer(404, {"error": f"no {request.method} {request.path}"})
        try:
            return await handler(request)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            return json_answer(400, {"error": str(error)})

    async def _health(self, _: Request) -> Answer:
        return json_answer(200, Process(os.getpid(), self.ports))

    async def _find_records(self, request: Request) -> Answer:
        query = msgspec.convert(request.query, Query, strict=False)
        return json_answer(200, await self._records.find(query))

    async def _clear_records(self, _: Request) -> Answer:
        self._records.clear()
        self._folder.empty_mail()
        return Answer(204)

    async def _read_mail(self, request: Request) -> Answer:
        file = self._folder.mail / Path(request.query.get("file", "")).name
        if not file.is_file():
            return json_answer(404, {"error": f"no mail {file.name}"})
        return Answer(200, file.read_bytes(), {"content-type": "message/rfc822"})

    async def _list_faults(self, _: Request) -> Answer:
        return json_answer(200, self._faults.pending())

    async def _set_fault(self, request: Request) -> Answer:
        fault = msgspec.json.decode(request.body, type=Fault)
        self._faults.set(fault)
        if fault.kind is FaultKind.UNREACHABLE:
            self._proxy.cut_idle(fault.vendor)
        return Answer(204)

    async def _clear_faults(self, _: Request) -> Answer:
        self._faults.clear()
        return Answer(204)
