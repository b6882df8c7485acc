"""Masked addresses can be recognized, not learned."""

import pytest

from chalicelib.services.masking import mask_email, mask_recipient, mask_tail
from tests.build import a_recipient


@pytest.mark.parametrize(
    ("address", "masked"),
    [("ann@example.com", "a***@example.com"), ("a@b.io", "a***@b.io"), ('"a@b"@c.io', '"***@c.io'), ("ann", "***")],
)
def test_of_an_email_the_first_letter_and_the_domain_stay(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(("text", "masked"), [("+14155550100", "***00"), ("12345678", "***78"), ("1234567", "***")])
def test_of_a_number_two_digits_stay_unless_it_is_short(text: str, masked: str) -> None:
    assert mask_tail(text) == masked


def test_a_masked_recipient_holds_no_address_and_no_attribute() -> None:
    hook = "https://hooks.slack.com/services/T1/B1/secret"
    recipient = a_recipient(
        device_tokens=("0123456789abcdef",), chat_targets={"slack": hook}, attributes={"city": "Bonn"}
    )

    masked = mask_recipient(recipient)

    assert (masked.user_type, masked.user_id) == (recipient.user_type, recipient.user_id)
    assert (masked.email, masked.phone, masked.device_tokens) == ("a***@example.com", "***00", ("***cdef",))
    assert (masked.chat_targets, masked.attributes) == ({"slack": "***cret"}, {"city": "***"})


def test_unknown_addresses_stay_unknown() -> None:
    nothing = a_recipient(email=None, phone=None, device_tokens=())

    assert mask_recipient(nothing) == nothing
