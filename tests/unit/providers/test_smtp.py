"""Where the dialog with a mail server breaks decides whether the message may be sent again."""

import smtplib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import EmailMessage, MailFile
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.base import Timeouts
from chalicelib.providers.email.smtp import Smtp, SmtpSettings, Step, refusal
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.smtp_connections import MailServer, Security, SmtpConnections

RETRIABLE, PERMANENT, MISCONFIGURED = (
    AttemptOutcome.RETRIABLE,
    AttemptOutcome.PERMANENT,
    AttemptOutcome.MISCONFIGURED,
)
TIMEOUTS = Timeouts(connect=0.5, read=0.5)
MAIL = EmailMessage(
    reference="n1",
    to="ann@example.com",
    subject="Grüße",
    text="Hello\n.\nÜber",
    html="<p>Hello</p>",
    sender="shop@acme.example",
    sender_name="Acme, Inc.",
    reply_to="help@acme.example",
)
HANG_UP = ""
SILENCE = "…"
POLITE = {
    "greeting": "220 mail.example ESMTP",
    "EHLO": "250-mail.example\r\n250 SIZE 1000000",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 Go ahead",
    ".": "250 2.0.0 Queued",
    "RSET": "250 2.0.0 OK",
}


@dataclass(slots=True)
class MailHost:
    """A mail server that answers as it is told. HANG_UP closes the connection, SILENCE never answers."""

    replies: Mapping[str, str]
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # the test is over
            self.connections += 1
            with connection, connection.makefile("rb") as stream:
                talking = self._reply(connection, "greeting")
                while talking and (line := stream.readline().decode().strip()):
                    command = line.split(" ")[0].upper()
                    self.commands.append(line)
                    talking = self._reply(connection, command)
                    if talking and command == "DATA" and self.replies["DATA"].startswith("354"):
                        self.contents.append(self._content(stream))
                        talking = self._reply(connection, ".")

    def _reply(self, connection: socket.socket, command: str) -> bool:
        reply = self.replies.get(command, "502 5.5.1 What?")
        if reply == SILENCE:
            connection.recv(1)  # until the client gives up
        elif reply != HANG_UP:
            connection.sendall(f"{reply}\r\n".encode())
        return reply not in (HANG_UP, SILENCE)

    @staticmethod
    def _content(stream: Any) -> bytes:
        lines = []
        while (line := stream.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)


@contextmanager
def mail_host(**changes: str) -> Iterator[MailHost]:
    replies = POLITE | {"." if name == "content" else name: reply for name, reply in changes.items()}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = MailHost(replies, listener.getsockname()[1])
        thread = threading.Thread(target=host.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield host
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def provider(host: MailHost, **settings: Any) -> Smtp:
    fields: dict[str, Any] = {"host": "127.0.0.1", "port": host.port, "security": "none"}
    return Smtp(SmtpSettings(**(fields | settings)), TIMEOUTS, HostGuard(["*"]))


def refused(kind: AttemptOutcome, code: str, *, telling: bool = True) -> Refused:
    return Refused(kind=kind, code=code, telling=telling)


def test_a_message_arrives_whole() -> None:
    with mail_host() as host:
        assert provider(host).send(MAIL) == Accepted(vendor_id="<n1@acme.example>")
    assert host.commands[1].startswith("mail FROM:<shop@acme.example> size=")
    assert host.commands[2] == "rcpt TO:<ann@example.com>"
    mail = message_from_bytes(host.contents[0], policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert mail["From"] == '"Acme, Inc." <shop@acme.example>'
    assert (mail["To"], mail["Reply-To"], mail["Subject"]) == ("ann@example.com", "help@acme.example", "Grüße")
    assert mail["Message-ID"] == "<n1@acme.example>"
    assert mail["Date"] is not None
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hello", ".", "Über"]
    assert html.get_content().splitlines() == ["<p>Hello</p>"]
    assert host.contents[0].isascii(), "a server without 8BITMIME must be able to carry it"


def test_the_providers_own_sender_wins() -> None:
    with mail_host() as host:
        sent = provider(host, sender="news@acme.example", sender_name="News").send(MAIL)
    assert sent == Accepted(vendor_id="<n1@acme.example>")
    assert b"From: News <news@acme.example>" in host.contents[0]


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?Hello=0D=0ABcc:_eve@example.com?=",
        "Hello =?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?= there",
        "=?utf-8?q?half",
        'Grüße, "Ann" <a@b.io>; ' + "é" * 220,
        'Hello, "Ann" \\ <a@b.io>; ' + "x" * 220,
        "ä " + "=?utf-8?q?x?= " * 15 + "ö",
    ],
)
def test_names_and_subjects_arrive_as_they_are_and_bring_no_headers(text: str) -> None:
    with mail_host() as host:
        sent = provider(host, sender_name=text[:100]).send(replace(MAIL, subject=text))
    assert isinstance(sent, Accepted)
    mail = message_from_bytes(host.contents[0])
    assert mail.keys().count("From") == mail.keys().count("Subject") == 1
    assert "Bcc" not in mail
    assert _read(mail["Subject"]) == text
    name, address = parseaddr(mail["From"])
    assert (_read(name), address) == (text[:100], "shop@acme.example")
    assert all(len(line) < 998 for line in host.contents[0].splitlines())


def test_an_address_that_looks_encoded_is_written_as_it_is() -> None:
    odd = "=?utf-8?q?a=0D=0AX?=@b.io"
    with mail_host() as host:
        sent = provider(host, sender=odd).send(replace(MAIL, to=odd, reply_to=odd))
    assert isinstance(sent, Accepted)
    mail = message_from_bytes(host.contents[0])
    assert (parseaddr(mail["From"])[1], mail["To"], mail["Reply-To"]) == (odd, odd, odd)


def _read(header: str) -> str:
    unfolded = header.replace("\r\n", "")
    return str(make_header(decode_header(unfolded)))


def test_without_a_sender_nothing_is_sent() -> None:
    nobodys = EmailMessage(reference="n1", to="ann@example.com", subject="Hello", text="Hello")
    with mail_host() as host:
        assert provider(host).send(nobodys) == refused(MISCONFIGURED, "no_sender")
    assert host.connections == 0


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        # The server's word.
        ({"greeting": "421 4.3.2 Closing"}, refused(RETRIABLE, "421 4.3.2")),
        ({"greeting": "554 No SMTP here"}, refused(MISCONFIGURED, "554")),
        ({"MAIL": "451 4.3.0 Later"}, refused(RETRIABLE, "451 4.3.0")),
        ({"MAIL": "553 5.7.1 Not your address"}, refused(MISCONFIGURED, "553 5.7.1")),
        ({"MAIL": "530 5.7.0 Authentication required"}, refused(MISCONFIGURED, "530 5.7.0")),
        ({"MAIL": "552 5.3.4 Too big"}, refused(PERMANENT, "552 5.3.4")),
        ({"RCPT": "450 4.2.0 Greylisted"}, refused(RETRIABLE, "450 4.2.0", telling=False)),
        ({"RCPT": "451 4.7.1 Greylisted"}, refused(RETRIABLE, "451 4.7.1", telling=False)),
        ({"RCPT": "450 Busy"}, refused(RETRIABLE, "450", telling=False)),
        ({"RCPT": "452 4.3.1 Disk full"}, refused(RETRIABLE, "452 4.3.1")),
        ({"RCPT": "451 Local error"}, refused(RETRIABLE, "451")),
        ({"RCPT": "421 4.7.0 Closing"}, refused(RETRIABLE, "421 4.7.0")),
        ({"RCPT": "550 5.1.1 Nobody"}, refused(PERMANENT, "550 5.1.1")),
        ({"RCPT": "251 Will forward"}, Accepted(vendor_id="<n1@acme.example>")),
        ({"DATA": "451 Later"}, refused(RETRIABLE, "451")),
        ({"DATA": "554 5.5.1 No valid recipients"}, refused(PERMANENT, "554 5.5.1")),
        ({"content": "451 4.7.1 Later"}, refused(RETRIABLE, "451 4.7.1")),
        ({"content": "554 5.7.1 Spam"}, refused(PERMANENT, "554 5.7.1")),
        # Until the content is sent, nothing was taken.
        ({"greeting": HANG_UP}, refused(RETRIABLE, "connection_failed")),
        ({"greeting": SILENCE}, refused(RETRIABLE, "connection_failed")),
        ({"EHLO": HANG_UP}, refused(RETRIABLE, "connection_failed")),
        ({"MAIL": HANG_UP}, refused(RETRIABLE, "connection_lost")),
        ({"RCPT": HANG_UP}, refused(RETRIABLE, "connection_lost")),
        ({"RCPT": SILENCE}, refused(RETRIABLE, "connection_lost")),
        # From there on only a reply tells.
        ({"DATA": HANG_UP}, Unsure(code="connection_lost")),
        ({"content": HANG_UP}, Unsure(code="connection_lost")),
        ({"content": SILENCE}, Unsure(code="timeout")),
        ({"content": "OK"}, Unsure(code="unreadable_answer")),
        ({"content": "354 Go on"}, Unsure(code="unreadable_answer")),
    ],
    ids=repr,
)
def test_what_became_of_the_message(reply: dict[str, str], result: ProviderResult) -> None:
    with mail_host(**reply) as host:
        assert provider(host).send(MAIL) == result


@pytest.mark.parametrize(
    "settings", [{"security": "starttls"}, {"security": "starttls", "username": "u", "password": "p"}], ids=str
)
def test_a_server_without_tls_gets_neither_message_nor_password(settings: dict[str, str]) -> None:
    with mail_host() as host:
        assert provider(host, **settings).send(MAIL) == refused(MISCONFIGURED, "not_offered_by_server")
    assert [command.split(" ")[0] for command in host.commands] == ["ehlo"]


def test_a_server_that_nobody_started() -> None:
    with mail_host() as host:
        pass
    assert provider(host).send(MAIL) == refused(RETRIABLE, "connection_failed")


def test_the_next_message_uses_the_same_connection() -> None:
    with mail_host() as host:
        smtp = provider(host)
        for _ in range(3):
            assert isinstance(smtp.send(MAIL), Accepted)
    assert (host.connections, len(host.contents)) == (1, 3)


def test_a_refused_message_does_not_cost_the_connection() -> None:
    with mail_host(RCPT="550 5.1.1 Nobody") as host:
        smtp = provider(host)
        for _ in range(2):
            assert smtp.send(MAIL) == refused(PERMANENT, "550 5.1.1")
    assert host.connections == 1


@pytest.mark.parametrize("reset", [HANG_UP, "421 4.4.2 Idle for too long"])
def test_a_connection_that_died_meanwhile_is_replaced(reset: str) -> None:
    with mail_host(RSET=reset) as host:
        smtp = provider(host)
        for _ in range(2):
            assert isinstance(smtp.send(MAIL), Accepted)
    assert (host.connections, len(host.contents)) == (2, 2)


def test_a_connection_whose_last_answer_is_still_to_come_is_not_used_again() -> None:
    with mail_host(content="OK") as host:
        smtp = provider(host)
        for _ in range(2):
            assert isinstance(smtp.send(MAIL), Unsure)
    assert host.connections == 2


def test_a_connection_that_lay_idle_is_not_even_tried() -> None:
    now = [100.0]
    with mail_host() as host:
        server = MailServer(host="127.0.0.1", port=host.port, security="none")
        connections = SmtpConnections(server, TIMEOUTS, HostGuard(["*"]), lambda: now[0])
        first = connections.take("acme.example")
        connections.put_back(first)
        now[0] += 60
        assert connections.take("acme.example") is not first
        assert "rset" not in host.commands
        connections.put_back(first)
        connections.close()


@pytest.mark.parametrize(
    ("step", "code", "kind"),
    [
        (Step.LOGIN, 454, RETRIABLE),
        (Step.LOGIN, 535, MISCONFIGURED),
        (Step.LOGIN, 500, MISCONFIGURED),
        (Step.LOGIN, -1, RETRIABLE),
        (Step.SENDER, 421, RETRIABLE),
        (Step.SENDER, 550, MISCONFIGURED),
        (Step.RECIPIENT, 550, PERMANENT),
        (Step.RECIPIENT, 535, MISCONFIGURED),
        (Step.CONTENT, 550, PERMANENT),
        (Step.CONTENT, 452, RETRIABLE),
    ],
)
def test_what_a_reply_means_depends_on_the_step(step: Step, code: int, kind: AttemptOutcome) -> None:
    assert refusal(step, code, b"No").kind is kind


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"5.1.1 Nobody", "550 5.1.1"),
        ("5.1.1 Nobody", "550 5.1.1"),
        (b"Nobody", "550"),
        (b"\xff", "550"),
        (b"5.1.1x", "550"),
    ],
)
def test_the_enhanced_code_is_told_where_there_is_one(reply: bytes | str, code: str) -> None:
    assert refusal(Step.RECIPIENT, 550, reply).code == code


def test_a_password_is_not_shown() -> None:
    server = MailServer(host="mail.example", port=25, security="tls", login=("ann", "hush"))
    assert "hush" not in repr(server)


def test_files_arrive_as_they_are() -> None:
    content = bytes(range(256)) * 9
    files = (
        MailFile(name="Grüße an alle.pdf", type="application/pdf", content=content),
        MailFile(name="a.csv", type="text/csv", content=b"a;b\r\n.\r\n\xff"),
    )
    with mail_host() as host:
        assert isinstance(provider(host).send(replace(MAIL, attachments=files)), Accepted)
    mail = message_from_bytes(host.contents[0], policy=policy.default)
    found = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    ]
    assert found == [(file.name, file.type, file.content) for file in files]
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert host.contents[0].isascii()


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ({"NOOP": "250 2.0.0 OK"}, Accepted()),
        ({"NOOP": "421 4.3.2 Closing"}, refused(RETRIABLE, "421 4.3.2")),
        ({"NOOP": HANG_UP}, refused(RETRIABLE, "connection_lost")),
        ({"greeting": "554 No SMTP here"}, refused(MISCONFIGURED, "554")),
        ({"greeting": HANG_UP}, refused(RETRIABLE, "connection_failed")),
    ],
    ids=repr,
)
def test_trying_it_out_says_hello_and_nothing_more(reply: dict[str, str], result: ProviderResult) -> None:
    with mail_host(**reply) as host:
        assert provider(host).probe() == result
    assert not any(command.upper().startswith("MAIL") for command in host.commands)


def test_a_server_without_tls_is_found_out_when_it_is_tried() -> None:
    with mail_host() as host:
        assert provider(host, security="starttls").probe() == refused(MISCONFIGURED, "not_offered_by_server")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "2130706433"])
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_host_inside_our_own_network_is_not_even_connected_to(host: str, security: str) -> None:
    with mail_host() as server:
        settings = SmtpSettings(host=host, port=server.port, security=security)  # type: ignore[arg-type]
        smtp = Smtp(settings, TIMEOUTS, PUBLIC_ONLY)
        assert smtp.send(MAIL) == smtp.probe() == refused(MISCONFIGURED, "forbidden_host")
    assert server.connections == 0


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    with mail_host() as server:
        asked: list[tuple[str, int]] = []

        class Guard(HostGuard):
            def connect(self, host: str, port: int, timeout: float) -> socket.socket:
                asked.append((host, port))
                return socket.create_connection(("127.0.0.1", port), timeout)

        settings = SmtpSettings(host="mail.acme.example", port=server.port, security="none")
        assert isinstance(Smtp(settings, TIMEOUTS, Guard()).send(MAIL), Accepted)
    assert asked == [("mail.acme.example", server.port)]


@pytest.mark.parametrize("talk", [b"220-x\r\n", b"2", b"220-" + b"x" * 4_000 + b"\r\n"])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_never_stops_talking_does_not_keep_the_worker(talk: bytes, security: Security) -> None:
    with talking(talk) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, security=security, sender="shop@acme.example")
        provider = Smtp(settings, TIMEOUTS, HostGuard(["127.0.0.1"]))
        began = time.monotonic()
        sent, probed = provider.send(MAIL), provider.probe()

    assert isinstance(sent, Refused)
    assert isinstance(probed, Refused)
    assert sent.kind is RETRIABLE
    assert time.monotonic() - began < 40 * TIMEOUTS.total


def test_a_reply_has_an_end() -> None:
    with talking(b"220-" + b"x" * 4_000 + b"\r\n", pause=0) as port:
        server = MailServer(host="127.0.0.1", port=port, security="none")
        with pytest.raises(smtplib.SMTPServerDisconnected, match="the reply does not end"):
            SmtpConnections(server, Timeouts(60, 60), HostGuard(["127.0.0.1"])).take("acme.example")


@contextmanager
def talking(words: bytes, pause: float = 0.05) -> Iterator[int]:
    """Give the port of a server that says `words` again and again, from the first moment on."""
    over = threading.Event()

    def talk() -> None:
        while not over.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    while not over.wait(pause):
                        connection.sendall(words)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()
