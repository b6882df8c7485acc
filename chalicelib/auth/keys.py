"""The public keys of an issuer (JWKS, RFC 7517): fetched once in a while, and never at a stranger's command."""

import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jwt import PyJWK
from jwt.exceptions import PyJWTError

FRESH_FOR: Final = 3_600.0
"""Seconds after which the keys are fetched again, so that one the issuer withdrew stops working."""
PAUSE: Final = 30.0
"""Seconds between two fetches: tokens with invented key ids cannot make us ask the issuer more often."""
RETRY: Final = 1.0
"""The same while no key is known at all."""
TIMEOUT: Final = 3.0
MAX_BYTES: Final = 256 * 1024

Fetch = Callable[[str], bytes]
Keys = Mapping[str, PyJWK]


class KeysUnavailableError(Exception):
    """The issuer's keys could not be had: nobody's token can be judged, which is not the caller's fault."""


class UnknownKeyError(PyJWTError):
    """The issuer has no key of this id."""


def fetch(uri: str) -> bytes:
    """Return what is at `uri`; raises OSError."""
    with urllib.request.urlopen(uri, timeout=TIMEOUT) as answer:  # noqa: S310 (the address is our configuration's)
        return bytes(answer.read(MAX_BYTES))


@dataclass(slots=True)
class KeySet:
    """The keys of one issuer, kept by a warm function. `clock` tells seconds that only go forward."""

    uri: str
    clock: Callable[[], float]
    fetch: Fetch = fetch
    _keys: Keys = field(default_factory=dict)
    _fetched_at: float = float("-inf")
    _asked_at: float = float("-inf")

    def find(self, key_id: str) -> PyJWK:
        """Return the key named `key_id`.

        Raises
        ------
        UnknownKeyError
            The issuer has no such key, or none that we have heard of in the last `PAUSE` seconds.
        KeysUnavailableError
            The issuer does not answer and no keys are known from before.
        """
        now = self.clock()
        stale = now - self._fetched_at > FRESH_FOR
        pause = PAUSE if self._keys else RETRY
        if (stale or key_id not in self._keys) and now - self._asked_at > pause:
            self._refresh(now)
        if not self._keys:
            raise KeysUnavailableError(self.uri)
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKeyError(key_id[:64]) from None

    def _refresh(self, now: float) -> None:
        self._asked_at = now
        try:
            self._keys = read_keys(self.fetch(self.uri))
        except (OSError, ValueError) as error:
            # Keys known from before go on working while the issuer is down.
            if not self._keys:
                raise KeysUnavailableError(self.uri) from error
        else:
            self._fetched_at = now


def read_keys(document: bytes) -> Keys:
    """Return the signing keys of a JWKS by their ids; raises ValueError when it is not one."""
    jwks = json.loads(document)
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list):
        raise ValueError("not a JWKS")  # noqa: TRY004 (a document of the wrong shape is a wrong value)
    return {key["kid"]: read for key in keys if isinstance(key, dict) and (read := _read(key)) is not None}


def _read(key: dict[str, Any]) -> PyJWK | None:
    if "kid" not in key or key.get("use", "sig") != "sig":
        return None
    try:
        return PyJWK(key)
    except (PyJWTError, ValueError):
        # An issuer may publish keys of kinds that we do not know beside those we do.
        return None
