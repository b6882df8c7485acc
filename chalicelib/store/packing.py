"""How domain objects lie in an attribute: one compact JSON string, without what the row's key says already."""

from collections.abc import Collection
from typing import Any, TypeVar

import msgspec

from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Value
from chalicelib.domain.wire import prepared, to_json, to_plain

V = TypeVar("V", bound=Value)


def pack(value: Value, without: Collection[str] = ()) -> str:
    """Return an object as JSON, leaving out the fields (by their JSON names) that `unpack` will be told."""
    if not without:
        return to_json(value).decode()
    plain = to_plain(value)
    return to_json({name: field for name, field in plain.items() if name not in without}).decode()


def unpack(text: str, kind: type[V], **told: str) -> V:
    """Return the object of type `kind` that `pack` made, with the fields it left out."""
    return msgspec.convert(msgspec.json.decode(text) | told, prepared(kind), dec_hook=_revive)


def _revive(kind: type, value: Any) -> Any:
    if kind is TenantId:
        # What the key said is one already: the platform's id, too, which no text may become.
        return value if type(value) is TenantId else TenantId(value)
    raise NotImplementedError(f"nothing reads {kind.__name__}")
