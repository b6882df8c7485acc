"""What waits, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

from msgspec.structs import replace

from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import SHARDS, Due
from chalicelib.domain.value import Millis
from chalicelib.services.ports import StaleVersionError
from tests.twin.rows import Rows


@dataclass
class TwinDigestWindows:
    """`ports.DigestWindows` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def get(self, tenant: TenantId, key: DigestKey) -> DigestWindow:
        return self.rows.windows.get((tenant, key), DigestWindow())

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        with self.rows.step():
            if self.get(tenant, key).version != window.version:
                raise StaleVersionError
            self.rows.windows[tenant, key] = replace(window, version=window.version + 1)
            return self.rows.windows[tenant, key]


@dataclass
class TwinDueItems:
    """`ports.DueItems` in memory: one shard holds whatever `shard_of` puts there."""

    rows: Rows
    shard_of: Callable[[Due], int] = lambda due: crc32(due.id.encode()) % SHARDS

    def put(self, bucket: int, due: Due) -> None:
        with self.rows.step():
            self.rows.dues.setdefault(bucket, set()).add(due)

    def page(self, bucket: int, shard: int, limit: int) -> tuple[Due, ...]:
        with self.rows.step():
            found = [due for due in self.rows.dues.get(bucket, ()) if self.shard_of(due) == shard]
        return tuple(sorted(found, key=lambda due: (due.tenant, due.kind, due.id))[:limit])

    def delete(self, bucket: int, dues: Sequence[Due]) -> None:
        with self.rows.step():
            self.rows.dues.get(bucket, set()).difference_update(dues)


@dataclass
class TwinSweepCursors:
    """`ports.SweepCursors` in memory."""

    rows: Rows

    def get(self, tenant: TenantId) -> Millis | None:
        return self.rows.sweeps.get(tenant)

    def advance(self, tenant: TenantId, to: Millis) -> None:
        with self.rows.step():
            self.rows.sweeps[tenant] = max(to, self.rows.sweeps.get(tenant, to))
