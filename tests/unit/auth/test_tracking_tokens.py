"""Tokens of tracked links: nobody but us can make one, and none is good for anything else."""

import pytest

from chalicelib.auth.tracking_tokens import TrackingTokens
from chalicelib.auth.unsubscribe_tokens import InvalidTokenError, UnsubscribeTokens
from chalicelib.base64url import to_bytes, to_text
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tracking import TrackedLink, TrackedMail
from tests.build import ACME, ID

TOKENS = TrackingTokens(b"secret")
MAIL = TrackedMail(ACME, ID)
LINK = TrackedLink(MAIL, "https://example.com/a?b=c#d")


@pytest.mark.parametrize("tenant", ["a", "acme", "a" * 48])
def test_a_token_says_what_was_signed(tenant: str) -> None:
    mail = TrackedMail(TenantId(tenant), ID)
    assert TOKENS.read_open(TOKENS.sign_open(mail)) == mail
    link = TrackedLink(mail, LINK.target)
    assert TOKENS.read_click(TOKENS.sign_click(link)) == link


def test_tokens_are_short() -> None:
    assert len(TOKENS.sign_open(MAIL)) <= 60
    assert len(TOKENS.sign_click(LINK)) <= 60 + len(LINK.target) * 4 / 3 + 1


@pytest.mark.parametrize("position", range(64))
def test_an_altered_token_is_none(position: int) -> None:
    sealed = bytearray(to_bytes(TOKENS.sign_click(LINK)))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(InvalidTokenError):
        TOKENS.read_click(to_text(bytes(sealed)))


@pytest.mark.parametrize("token", ["", "x", "…", "a b", "A" * 44, "=" * 8, "A" * 2_000])
def test_what_is_no_token_is_none(token: str) -> None:
    for read in (TOKENS.read_open, TOKENS.read_click):
        with pytest.raises(InvalidTokenError):
            read(token)


def test_a_token_is_good_for_its_purpose_and_under_its_secret_only() -> None:
    subscription = Subscription(ACME, UserType("customer"), UserId("u1"), "marketing")
    foreign = [
        (TOKENS.read_click, TOKENS.sign_open(MAIL)),
        (TOKENS.read_open, TOKENS.sign_click(LINK)),
        (TOKENS.read_open, TOKENS.sign_click(TrackedLink(MAIL, ""))),
        (TOKENS.read_open, TrackingTokens(b"other").sign_open(MAIL)),
        (TOKENS.read_open, UnsubscribeTokens(b"secret").sign(subscription)),
        (UnsubscribeTokens(b"secret").read, TOKENS.sign_open(MAIL)),
    ]
    for read, token in foreign:
        with pytest.raises(InvalidTokenError):
            read(token)


def test_a_token_cut_at_its_end_leads_nowhere_else() -> None:
    sealed = to_bytes(TOKENS.sign_click(LINK))
    for end in range(len(sealed)):
        with pytest.raises(InvalidTokenError):
            TOKENS.read_click(to_text(sealed[:end]))
