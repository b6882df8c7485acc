"""Which files may go with an e-mail, and what becomes of a mail whose files are not there."""

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import MailFile, UnshapeableError
from chalicelib.domain.content import Attachment
from chalicelib.domain.ids import TenantId
from chalicelib.services.attachment_rules import EXTENSIONS, attachment_faults
from chalicelib.services.attachments import MOST_BYTES, Attach, TooLargeError
from tests.build import ACME

PDF = Attachment(key="acme/invoices/42.pdf", name="Rechnung 42, Größe.pdf", type="application/pdf")


class Files:
    """`Storage` in memory."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = {f"acme/{name}": content for name, content in contents.items()}
        self.asked: list[str] = []

    def read(self, key: str, most: int) -> bytes | None:
        self.asked.append(key)
        content = self.contents.get(key)
        if content is not None and len(content) > most:
            raise TooLargeError(key)
        return content


def attach_from(files: Files) -> Attach:
    return Attach(files, lambda: None)


def faults(attachment: Attachment) -> dict[str, str]:
    found = attachment_faults([PDF, attachment], ACME, "/content/email/attachments")
    return {fault.pointer: fault.code for fault in found}


def test_a_tenants_own_documents_may_be_sent() -> None:
    assert faults(PDF) == {}
    assert faults(replace(PDF, key="acme/x")) == {}
    for type, extensions in EXTENSIONS.items():
        for extension in extensions:
            assert faults(replace(PDF, name=f"A.b.{extension.upper()}", type=type)) == {}


@pytest.mark.parametrize(
    "key",
    [
        "other/a.pdf",
        "acme",
        "acme/",
        "acme//a",
        "/acme/a",
        "acme/../other/a",
        "acme/./a",
        "acme/a/..",
        "ACME/a",
        "acmeX/a",
        "acme\\a",
        "acme/a\\..\\b",
        "s3://bucket/acme/a",
        "acme/" + "ä" * 510,
    ],
)
def test_nothing_but_a_tenants_own_may_be_asked_for(key: str) -> None:
    assert faults(replace(PDF, key=key)) == {"/content/email/attachments/1/key": "invalid_key"}


@pytest.mark.parametrize(
    "type",
    [
        "text/html",
        "image/svg+xml",
        "application/x-msdownload",
        "application/javascript",
        "application/octet-stream",
        "",
        "application/PDF",
        "text/plain; charset=utf-8",
        "multipart/mixed",
        "application/vnd.ms-word.document.macroEnabled.12",
    ],
)
def test_what_runs_or_is_unknown_is_not_sent(type: str) -> None:
    assert faults(replace(PDF, type=type)) == {"/content/email/attachments/1/type": "type_not_allowed"}


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.pdf.exe",
        "pdf",
        ".pdf",
        " .pdf",
        "a",
        "a.pdf ",
        "a/b.pdf",
        "..\\a.pdf",
        "C:a.pdf",
        "a.docx",
        "=?utf-8?q?a?=.pdf",
    ],
)
def test_a_name_is_no_path_and_says_what_the_type_says(name: str) -> None:
    assert faults(replace(PDF, name=name)) == {"/content/email/attachments/1/name": "invalid_name"}


def test_the_files_are_got_in_their_order() -> None:
    files = Files(a=b"A", b=b"B")
    asked = [replace(PDF, key="acme/b"), replace(PDF, key="acme/a", name="a.txt", type="text/plain")]
    assert attach_from(files)(ACME, asked) == (
        MailFile(name=PDF.name, type="application/pdf", content=b"B"),
        MailFile(name="a.txt", type="text/plain", content=b"A"),
    )


def test_together_they_have_ten_megabytes_at_most() -> None:
    half, more = bytes(MOST_BYTES // 2), bytes(MOST_BYTES // 2 + 1)
    attach = attach_from(Files(half=half, other=half, more=more))
    assert len(attach(ACME, [replace(PDF, key="acme/half"), replace(PDF, key="acme/other")])) == 2
    with pytest.raises(UnshapeableError, match="attachment_too_large"):
        attach(ACME, [replace(PDF, key="acme/half"), replace(PDF, key="acme/more")])


@pytest.mark.parametrize("key", ["acme/none", "acme/empty"])
def test_a_file_that_is_not_there_ends_the_mail(key: str) -> None:
    with pytest.raises(UnshapeableError, match="attachment_missing"):
        attach_from(Files(empty=b""))(ACME, [replace(PDF, key=key)])


def test_another_tenants_file_is_not_even_asked_for() -> None:
    files = Files(a=b"A")
    with pytest.raises(UnshapeableError, match="attachment_missing"):
        attach_from(files)(TenantId("eve"), [replace(PDF, key="acme/a")])
    assert files.asked == []


def test_storage_out_of_reach_is_not_the_mails_fault() -> None:
    class Down(Files):
        def read(self, key: str, most: int) -> bytes | None:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        attach_from(Down())(ACME, [PDF])
