import pytest

from chalicelib.channels.base import EmailMessage, UnshapeableError
from chalicelib.channels.email import DEFAULT_SUBJECT_LIMIT, SUBJECT_LIMIT, address_fault, shape
from chalicelib.domain.content import Content
from chalicelib.domain.tenant import Sender, Tenant, TenantSettings
from chalicelib.domain.words import Channel, Reason
from tests.build import ID, a_recipient, a_request, a_tenant


def from_sender(**fields: str) -> Tenant:
    return a_tenant(settings=TenantSettings(senders={Channel.EMAIL: Sender(**fields)}))


def shaped(tenant: Tenant | None = None, **content: str) -> EmailMessage:
    request = a_request(content=Content(**({"body": "It is on its way."} | content)))  # type: ignore[arg-type]
    return shape(request, a_recipient(), tenant or a_tenant())


@pytest.mark.parametrize(
    ("email", "fault"),
    [
        ("a@b.io", None),
        ("first.last+tag@sub.example.com", None),
        ("o'hara@example.com", None),
        ("a@bücher.example", None),
        ("a@xn--bcher-kva.example", None),
        ("a@例え.jp", None),
        (None, Reason.MISSING_ADDRESS),
        ("", Reason.MISSING_ADDRESS),
        ("plain", Reason.INVALID_ADDRESS),
        ("@example.com", Reason.INVALID_ADDRESS),
        ("a@", Reason.INVALID_ADDRESS),
        ("a@b@c.io", Reason.INVALID_ADDRESS),
        ("a..b@c.io", Reason.INVALID_ADDRESS),
        (".a@c.io", Reason.INVALID_ADDRESS),
        ("a@localhost", Reason.INVALID_ADDRESS),
        ("a@server.local", Reason.INVALID_ADDRESS),
        ("a@[192.0.2.1]", Reason.INVALID_ADDRESS),
        ("a@-b.io", Reason.INVALID_ADDRESS),
        ("a b@c.io", Reason.INVALID_ADDRESS),
        ('"a b"@c.io', Reason.INVALID_ADDRESS),
        ("Ann <a@b.io>", Reason.INVALID_ADDRESS),
        ("a@b.io,c@d.io", Reason.INVALID_ADDRESS),
        ("a@b.io\r\nBcc: c@d.io", Reason.INVALID_ADDRESS),
        ("a@b.io\n", Reason.INVALID_ADDRESS),
        ("ü@example.com", Reason.INVALID_ADDRESS),
        ("x" * 65 + "@b.io", Reason.INVALID_ADDRESS),
        ("x@" + "y" * 250 + ".io", Reason.INVALID_ADDRESS),
    ],
)
def test_an_address_must_be_one_that_mail_can_be_sent_to(email: str | None, fault: Reason | None) -> None:
    assert address_fault(a_recipient(email=email)) is fault


def test_the_message_has_text_and_html_and_the_tenants_sender() -> None:
    tenant = from_sender(address="shop@acme.example", name="Acme", reply_to="help@acme.example")
    assert shaped(tenant, subject="Hello", html="<p>It is.</p>") == EmailMessage(
        reference=ID,
        to="ann@example.com",
        subject="Hello",
        text="It is on its way.",
        html="<p>It is.</p>",
        sender="shop@acme.example",
        sender_name="Acme",
        reply_to="help@acme.example",
    )


def test_without_a_sender_of_the_tenant_the_provider_has_to_know_one() -> None:
    assert shaped().sender is None


def test_international_domains_are_sent_in_ascii() -> None:
    tenant = from_sender(address="shop@bücher.example")
    message = shape(a_request(), a_recipient(email="ann@例え.jp"), tenant)
    assert (message.to, message.sender) == ("ann@xn--r8jz45g.jp", "shop@xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        ("One line.", "One line."),
        ("\n  First   line \nsecond", "First line"),
        ("x" * 80, "x" * (DEFAULT_SUBJECT_LIMIT - 1) + "…"),
    ],
)
def test_without_a_subject_it_is_the_first_line(body: str, subject: str) -> None:
    assert shaped(body=body).subject == subject
    assert shaped(body=body, subject="  ").subject == subject


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@example.com", "a\nb", "a\n", "a\x00b", "a\u2028b", "\x1b[2J"])
def test_no_subject_breaks_out_of_its_header(subject: str) -> None:
    with pytest.raises(UnshapeableError, match="control_characters"):
        shaped(subject=subject)


def test_nor_does_a_senders_name() -> None:
    with pytest.raises(UnshapeableError, match="control_characters"):
        shaped(from_sender(address="shop@acme.example", name="Acme\r\nBcc: eve@example.com"))


def test_a_subject_has_a_limit() -> None:
    assert shaped(subject="x" * SUBJECT_LIMIT).subject == "x" * SUBJECT_LIMIT
    with pytest.raises(UnshapeableError, match="subject_too_long"):
        shaped(subject="x" * (SUBJECT_LIMIT + 1))


@pytest.mark.parametrize("sender", [{"address": "acme"}, {"address": "a@b.io", "reply_to": "acme"}])
def test_a_sender_who_could_not_be_answered_is_refused(sender: dict[str, str]) -> None:
    with pytest.raises(UnshapeableError, match="invalid_sender"):
        shaped(from_sender(**sender))


def test_nothing_to_say_is_not_said() -> None:
    with pytest.raises(UnshapeableError, match="empty_body"):
        shaped(body=" \n")


@pytest.mark.parametrize("email", [None, "plain"])
def test_nobody_to_say_it_to(email: str | None) -> None:
    with pytest.raises(UnshapeableError, match="invalid_address"):
        shape(a_request(), a_recipient(email=email), a_tenant())
