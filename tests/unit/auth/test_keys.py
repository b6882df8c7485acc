"""When an issuer is asked for its keys."""

import json
from dataclasses import dataclass, field

import pytest

from chalicelib.auth.keys import FRESH_FOR, PAUSE, KeySet, KeysUnavailableError, UnknownKeyError, read_keys
from tests.unit.auth.issuers import TestIssuer, served

ISSUER = TestIssuer()


@dataclass
class Site:
    """An address that answers, or does not, and counts how often it is asked."""

    answer: bytes | None = field(default_factory=ISSUER.jwks)
    asked: int = 0
    now: float = 0.0

    def fetch(self, _: str) -> bytes:
        self.asked += 1
        if self.answer is None:
            raise OSError("no answer")
        return self.answer

    def keys(self) -> KeySet:
        return KeySet("https://issuer.example.com/jwks", clock=lambda: self.now, fetch=self.fetch)


def test_keys_are_fetched_once_and_kept() -> None:
    site = Site()
    keys = site.keys()

    assert keys.find("key-1") is keys.find("key-1")
    assert site.asked == 1


def test_invented_key_ids_do_not_make_us_ask_again_and_again() -> None:
    site = Site()
    keys = site.keys()

    for number in range(100):
        site.now += PAUSE / 100
        with pytest.raises(UnknownKeyError):
            keys.find(f"invented-{number}")

    assert site.asked <= 2


def test_a_new_key_of_the_issuer_is_found_after_the_pause() -> None:
    site = Site()
    keys = site.keys()
    keys.find("key-1")
    site.answer, site.now = TestIssuer(key_id="key-2").jwks(), PAUSE + 1

    assert keys.find("key-2").key_id == "key-2"


def test_a_withdrawn_key_stops_working() -> None:
    site = Site()
    keys = site.keys()
    keys.find("key-1")
    site.answer, site.now = TestIssuer(key_id="key-2").jwks(), FRESH_FOR + 1

    with pytest.raises(UnknownKeyError):
        keys.find("key-1")


def test_known_keys_work_while_the_issuer_is_down() -> None:
    site = Site()
    keys = site.keys()
    keys.find("key-1")
    site.answer, site.now = None, FRESH_FOR + 1

    assert keys.find("key-1").key_id == "key-1"


def test_without_any_key_nobody_is_judged_and_the_issuer_is_asked_again_soon() -> None:
    site = Site(answer=None)
    keys = site.keys()
    for _ in range(10):
        with pytest.raises(KeysUnavailableError):
            keys.find("key-1")
    assert site.asked == 1

    site.answer, site.now = ISSUER.jwks(), 2.0
    assert keys.find("key-1").key_id == "key-1"


@pytest.mark.parametrize("document", [b"", b"no json", b"[]", b"{}", b'{"keys": 1}'])
def test_what_is_no_key_set_leaves_us_without_keys(document: bytes) -> None:
    with pytest.raises(KeysUnavailableError):
        Site(answer=document).keys().find("key-1")


def test_only_signing_keys_of_known_kinds_with_an_id_are_read() -> None:
    (good,) = json.loads(ISSUER.jwks())["keys"]
    odd = [
        {**good, "kid": "enc", "use": "enc"},
        {"kid": "odd", "kty": "ODD"},
        {"kty": "RSA"},
        1,
        {**good, "kid": "broken", "n": "x"},
    ]

    assert list(read_keys(json.dumps({"keys": [*odd, good]}).encode())) == ["key-1"]


def test_keys_are_fetched_over_http() -> None:
    with served({"/jwks.json": ISSUER.jwks()}) as address:
        assert KeySet(f"{address}/jwks.json", clock=lambda: 0.0).find("key-1").key_id == "key-1"
        with pytest.raises(KeysUnavailableError):
            KeySet(f"{address}/missing", clock=lambda: 0.0).find("key-1")
