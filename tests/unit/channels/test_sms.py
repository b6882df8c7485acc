import pytest

from chalicelib.channels.base import SmsMessage, UnshapeableError
from chalicelib.channels.sms import address_fault, shape
from chalicelib.domain.content import Content, SmsContent
from chalicelib.domain.tenant import Sender, TenantSettings
from chalicelib.domain.words import Channel, Reason
from tests.build import ID, a_recipient, a_request, a_tenant


def shaped(body: str, *, truncate: bool = False, **settings: object) -> SmsMessage:
    request = a_request(content=Content(body=body, sms=SmsContent(truncate=truncate)))
    return shape(request, a_recipient(), a_tenant(settings=TenantSettings(**settings)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phone", "fault"),
    [
        ("+14155550100", None),
        ("+33612345678", None),
        ("+4915112345678", None),
        (None, Reason.MISSING_ADDRESS),
        ("", Reason.MISSING_ADDRESS),
        ("+1", Reason.INVALID_ADDRESS),
        ("+1234", Reason.INVALID_ADDRESS),
        ("+99999999999", Reason.INVALID_ADDRESS),
        ("14155550100", Reason.INVALID_ADDRESS),
        ("0014155550100", Reason.INVALID_ADDRESS),
        ("+1 415 555 0100", Reason.INVALID_ADDRESS),
        ("+14155550100x5", Reason.INVALID_ADDRESS),
        ("+14155550100\n", Reason.INVALID_ADDRESS),
        ("+١٤١٥٥٥٥٠١٠٠", Reason.INVALID_ADDRESS),
        ("tel:+14155550100", Reason.INVALID_ADDRESS),
        ("+1415555010012345", Reason.INVALID_ADDRESS),
    ],
)
def test_a_number_must_be_one_that_exists_in_e164(phone: str | None, fault: Reason | None) -> None:
    assert address_fault(a_recipient(phone=phone)) is fault


def test_the_message_says_to_whom_from_whom_and_in_how_many_segments() -> None:
    message = shaped("x" * 161, senders={Channel.SMS: Sender(address="+14155550199")})
    assert message == SmsMessage(reference=ID, to="+14155550100", text="x" * 161, segments=2, sender="+14155550199")


def test_without_a_sender_of_the_tenant_the_provider_has_to_know_one() -> None:
    assert shaped("Hello").sender is None


def test_line_ends_and_tabs_do_not_cost_a_segment() -> None:
    assert shaped(" one\r\ntwo\tthree ").text == "one\ntwo three"


@pytest.mark.parametrize("prefix", ["ACME:", "ACME: "])
def test_the_tenants_prefix_stands_before_the_text_and_counts(prefix: str) -> None:
    message = shaped("x" * 160, sms_prefix=prefix)
    assert message.text == "ACME: " + "x" * 160
    assert message.segments == 2


def test_more_segments_than_the_tenant_allows_are_refused() -> None:
    with pytest.raises(UnshapeableError, match="too_many_segments"):
        shaped("x" * 307, sms_max_segments=2)


def test_they_are_truncated_only_if_the_sender_asked_for_it() -> None:
    message = shaped("x" * 307, truncate=True, sms_max_segments=2)
    assert (message.text, message.segments) == ("x" * 306, 2)


def test_truncation_leaves_the_last_emoji_whole_or_out() -> None:
    message = shaped("a" * 69 + "😀", truncate=True, sms_max_segments=1)
    assert (message.text, message.segments) == ("a" * 69, 1)


@pytest.mark.parametrize("body", ["", " \n\t "])
def test_nothing_to_say_is_not_said(body: str) -> None:
    with pytest.raises(UnshapeableError, match="empty_body"):
        shaped(body)


@pytest.mark.parametrize("phone", [None, "+1234"])
def test_nobody_to_say_it_to(phone: str | None) -> None:
    with pytest.raises(UnshapeableError, match="invalid_address"):
        shape(a_request(), a_recipient(phone=phone), a_tenant())
