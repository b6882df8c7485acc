"""Tokens of unsubscribe links: nobody but us makes one, and one ends one subscription."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.auth.unsubscribe_tokens import InvalidTokenError, UnsubscribeTokens
from chalicelib.base64url import to_bytes, to_text
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.subscription import Subscription
from chalicelib.store.cursors import Cursors
from tests.build import ACME

SECRET = b"a secret of the stack"
TOKENS = UnsubscribeTokens(SECRET)
ANNS = Subscription(ACME, UserType("customer"), UserId("u1"), "marketing")
SEAL = 32


@pytest.mark.parametrize("category", ["marketing", 'Ärger & "co"', "a#b/c", "日本"])
@pytest.mark.parametrize("user", ["u1", "ann+news@example.com", "auth0|5f"])
def test_a_token_says_whose_subscription_to_what_it_is(user: str, category: str) -> None:
    subscription = Subscription(ACME, UserType("customer"), UserId(user), category)
    token = TOKENS.sign(subscription)
    assert TOKENS.read(token) == subscription
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_subscription_always_has_the_same_token() -> None:
    assert TOKENS.sign(ANNS) == UnsubscribeTokens(SECRET).sign(ANNS)


@given(position=some.integers(min_value=0), letter=some.sampled_from("Aa0-_z"))
def test_a_token_with_any_letter_changed_is_none(position: int, letter: str) -> None:
    token = TOKENS.sign(ANNS)
    at = position % len(token)
    altered = token[:at] + letter + token[at + 1 :]
    if altered != token:
        with pytest.raises(InvalidTokenError):
            TOKENS.read(altered)


@given(text=some.text(max_size=200))
def test_what_nobody_signed_is_no_token(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        TOKENS.read(text)


def test_the_seal_of_one_subscription_is_not_that_of_another() -> None:
    seal = to_bytes(TOKENS.sign(ANNS))[:SEAL]
    for body in (["acme", "customer", "u2", "marketing"], ["acme", "customer", "u1", "news"], ["eve", "a", "u", "m"]):
        with pytest.raises(InvalidTokenError):
            TOKENS.read(to_text(seal + json.dumps(body, separators=(",", ":")).encode()))


def test_another_stacks_token_is_none_of_ours() -> None:
    with pytest.raises(InvalidTokenError):
        TOKENS.read(UnsubscribeTokens(b"another secret").sign(ANNS))


def test_a_cursor_under_the_same_secret_is_no_token_and_the_other_way_round() -> None:
    said = '["acme","customer","u1","marketing"]'
    cursor = Cursors(SECRET).seal(TenantId("acme"), {}, said)
    with pytest.raises(InvalidTokenError):
        TOKENS.read(cursor)


@pytest.mark.parametrize("end", ["=", "==", "\n", " ", "%00", "?utm=1"])
def test_a_token_has_one_spelling(end: str) -> None:
    with pytest.raises(InvalidTokenError):
        TOKENS.read(TOKENS.sign(ANNS) + end)
