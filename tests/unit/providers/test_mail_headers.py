"""The headers by which mail clients offer to unsubscribe: as the two RFCs write them, however long the address is."""

from email import message_from_bytes, policy

import pytest
from msgspec.structs import replace

from chalicelib.providers.base import Timeouts
from chalicelib.providers.email.sendgrid import SendGrid, SendGridSettings
from chalicelib.providers.email.smtp import _mime
from chalicelib.providers.mail_headers import unsubscribe_headers
from tests.contract.messages import AN_EMAIL

LONG = f"https://herald.example.com/prod/unsubscribe/{'x' * 700}"


def test_the_headers_of_rfc_2369_and_rfc_8058() -> None:
    assert unsubscribe_headers("https://h.example/unsubscribe/t") == {
        "List-Unsubscribe": "<https://h.example/unsubscribe/t>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.parametrize("url", [LONG, "https://h.example/unsubscribe/t"])
def test_an_address_stands_in_one_line_of_the_mail(url: str) -> None:
    content = _mime(replace(AN_EMAIL, unsubscribe_url=url), "<n1@example.com>", "shop@example.com")
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in content
    parsed = message_from_bytes(content, policy=policy.default)
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_a_mail_that_there_is_no_way_out_of_has_none_of_them() -> None:
    mail = replace(AN_EMAIL, unsubscribe_url=None)
    assert b"List-Unsubscribe" not in _mime(mail, "<n1@example.com>", "shop@example.com")
    assert "headers" not in SendGrid(SendGridSettings(api_key="SG.x"), Timeouts())._body(mail, "shop@example.com")
