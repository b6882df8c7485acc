"""How domain objects lie in an attribute: one compact JSON string, without what the row's key says already; ids of
notifications in 16 bytes each, for what is written is paid for per KB.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.value import Value
from chalicelib.domain.wire import prepared, to_json, to_plain

V = TypeVar("V", bound=Value)

_ID: Final = 16


def pack(value: Value, without: Collection[str] = ()) -> str:
    """Return an object as JSON, leaving out the fields (by their JSON names) that `unpack` will be told."""
    if not without:
        return to_json(value).decode()
    plain = to_plain(value)
    return to_json({name: field for name, field in plain.items() if name not in without}).decode()


def unpack(text: str, kind: type[V], **told: Any) -> V:
    """Return the object of type `kind` that `pack` made, with the fields it left out."""
    return msgspec.convert(msgspec.json.decode(text) | told, prepared(kind), dec_hook=_revive)


def pack_ids(ids: Iterable[NotificationId]) -> bytes:
    """Return ids as bytes."""
    return b"".join(UUID(id).bytes for id in ids)


def unpack_ids(packed: bytes) -> tuple[NotificationId, ...]:
    """Return the ids that `pack_ids` made bytes of."""
    return tuple(NotificationId(str(UUID(bytes=packed[start : start + _ID]))) for start in range(0, len(packed), _ID))


def _revive(kind: type, value: Any) -> Any:
    if kind is TenantId:
        # What the key said is one already: the platform's id, too, which no text may become.
        return value if type(value) is TenantId else TenantId(value)
    raise NotImplementedError(f"nothing reads {kind.__name__}")
