"""The headers by which mail clients offer to unsubscribe: as the two RFCs write them, however long the address is."""

from email import message_from_bytes, policy
from email.message import Message
from email.utils import collapse_rfc2231_value

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import MailFile
from chalicelib.providers.base import Timeouts
from chalicelib.providers.email.sendgrid import SendGrid, SendGridSettings
from chalicelib.providers.mail_headers import unsubscribe_headers
from chalicelib.providers.mime import written
from tests.contract.messages import AN_EMAIL

LONG = f"https://herald.example.com/prod/unsubscribe/{'x' * 700}"


def filename(part: Message) -> str:
    """The name of the file as a mail client reads it."""
    found = part.get_param("filename", header="content-disposition")
    assert found is not None
    return collapse_rfc2231_value(found)


def test_the_headers_of_rfc_2369_and_rfc_8058() -> None:
    assert unsubscribe_headers("https://h.example/unsubscribe/t") == {
        "List-Unsubscribe": "<https://h.example/unsubscribe/t>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.parametrize("url", [LONG, "https://h.example/unsubscribe/t"])
def test_an_address_stands_in_one_line_of_the_mail(url: str) -> None:
    content = written(replace(AN_EMAIL, unsubscribe_url=url), "<n1@example.com>", "shop@example.com")
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in content
    parsed = message_from_bytes(content, policy=policy.default)
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_a_mail_that_there_is_no_way_out_of_has_none_of_them() -> None:
    mail = replace(AN_EMAIL, unsubscribe_url=None)
    assert b"List-Unsubscribe" not in written(mail, "<n1@example.com>", "shop@example.com")
    assert "headers" not in SendGrid(SendGridSettings(api_key="SG.x"), Timeouts())._body(mail, "shop@example.com")


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?a=0D=0ABcc:_eve@example.com?=.pdf",
        "=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?= .pdf",
        'a"; filename="b.exe"; x=".pdf',
        'a\\".pdf',
        "Grüße " + "=?utf-8?q?x=0D=0A?= " * 8 + ".pdf",
        "ä" * 200 + ".pdf",
        "x" * 251 + ".pdf",
        "a;b=c,d%00'.pdf",
    ],
)
def test_a_files_name_arrives_as_it_is_and_brings_no_headers(name: str) -> None:
    file = MailFile(name=name, type="application/pdf", content=b"%PDF")
    content = written(replace(AN_EMAIL, attachments=(file,)), "<n1@example.com>", "shop@example.com")
    mail = message_from_bytes(content)
    parts = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert [part.get_payload(decode=True) for part in parts] == [b"%PDF"]
    assert set(parts[0].keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}
    assert filename(parts[0]) == name.replace("=?", "= ?")
    assert not any(line.lower().startswith(b"bcc") for line in content.splitlines())
