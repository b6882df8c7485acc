"""What reached the vendors, accepted or refused, in order."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from infra.local.sandbox.faults import FaultKind
from infra.local.sandbox.web import Answer, Request, mentions


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One request to a vendor. `status` is what was answered, None if nothing was; `at` is in epoch seconds."""

    number: int
    vendor: str
    at: float
    method: str
    url: str
    headers: dict[str, str]
    body: Any
    accepted: bool
    status: int | None
    vendor_id: str | None = None
    answer: Any = None
    fault: FaultKind | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Which records: of a vendor, mentioning a text, accepted or not. Waits `within` seconds for `at_least` of them."""

    vendor: str | None = None
    contains: str = ""
    accepted: bool | None = None
    at_least: int = 0
    within: float = 0.0

    def selects(self, record: Record) -> bool:
        """Whether a record is asked for."""
        return (
            self.vendor in {None, record.vendor}
            and self.accepted in {None, record.accepted}
            and mentions([record.url, record.body], self.contains)
        )


class Records:
    """All records since the last `clear`, kept in memory."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._number = 0
        self._changed = asyncio.Condition()

    async def add(self, make: Callable[[int], Record]) -> None:
        """Add the record that `make` makes of its number."""
        self._number += 1
        async with self._changed:
            self._records.append(make(self._number))
            self._changed.notify_all()

    async def find(self, query: Query) -> tuple[Record, ...]:
        """Return what is asked for, oldest first: fewer than `at_least` when the time passed."""
        try:
            async with asyncio.timeout(query.within), self._changed:
                await self._changed.wait_for(lambda: len(self._select(query)) >= query.at_least)
        except TimeoutError:
            pass
        return self._select(query)

    def clear(self) -> None:
        """Forget them all; numbers go on."""
        self._records.clear()

    def _select(self, query: Query) -> tuple[Record, ...]:
        return tuple(record for record in self._records if query.selects(record))


def record_request(
    vendor: str, request: Request, answer: Answer, fault: FaultKind | None, *, answered: bool
) -> Callable[[int], Record]:
    """Return what makes the record of a request; credentials stay out of it."""
    return lambda number: Record(
        number=number,
        vendor=vendor,
        at=request.at,
        method=request.method,
        url=request.url,
        headers={name: value for name, value in request.headers.items() if name != "authorization"},
        body=request.content,
        accepted=answer.accepted,
        status=answer.status if answered else None,
        vendor_id=answer.vendor_id,
        answer=_readable(answer),
        fault=fault,
    )


def _readable(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body) if answer.body else None
    except msgspec.DecodeError:
        return answer.body.decode(errors="replace")
