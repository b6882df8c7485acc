"""Domain objects as JSON and back: the one place that knows how ids with rules of their own are written."""

import threading
from typing import Any, Final, TypeVar

import msgspec

from chalicelib.domain.ids import TenantId

T = TypeVar("T")


def to_json(value: Any) -> bytes:
    """Return the JSON of a domain object, or of anything made of them."""
    return _ENCODER.encode(value)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Return the object of type `kind` in `data`; raises msgspec.ValidationError when it holds none."""
    return msgspec.json.decode(data, type=prepared(kind), dec_hook=_decode)


def prepared(kind: type[T]) -> type[T]:
    """Return `kind`, ready to be decoded by several threads: whoever decodes where there may be some, asks first.

    msgspec learns the fields of a type when it is first decoded, and a thread that meets a type half learned crashes
    the process (0.22.0): two messages in a cold worker are enough.
    """
    if kind not in _PREPARED:
        with _PREPARING:
            msgspec.json.Decoder(kind, dec_hook=_decode)
            _PREPARED.add(kind)
    return kind


def to_plain(value: Any) -> Any:
    """Return a domain object as dictionaries, lists and plain values."""
    return msgspec.to_builtins(value, enc_hook=_encode, str_keys=True)


def _encode(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"no JSON for {type(value).__name__}")


def _decode(kind: type, value: Any) -> Any:
    if kind is TenantId and isinstance(value, str):
        return TenantId(value)
    raise NotImplementedError(f"nothing reads {kind.__name__}")


_PREPARED: Final[set[type]] = set()
_PREPARING: Final = threading.Lock()
_ENCODER = msgspec.json.Encoder(enc_hook=_encode)
