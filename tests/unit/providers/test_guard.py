"""Which hosts a tenant may name, and that a connection goes to what was checked and nowhere else."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import trustme

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Refused, Unsure
from chalicelib.providers import guard as guarding
from chalicelib.providers.guard import ForbiddenHostError, HostGuard
from chalicelib.providers.guarded_session import LARGEST_ANSWER
from chalicelib.providers.http import judge_silence
from chalicelib.providers.public_addresses import Address, is_public
from chalicelib.settings import Settings
from tests.unit.providers.wire import answer, http_server

GOOD, OTHER_GOOD, GOOD_V6 = "93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
FORBIDDEN = Refused(kind=AttemptOutcome.MISCONFIGURED, code="forbidden_host", telling=False)


class Dns:
    """A resolver that answers what a test says, one answer after another, and counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def unreachable_dns(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host}:{port} must not be resolved")


@pytest.mark.parametrize(
    "host",
    [
        # loopback, private, shared, link-local and metadata
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        # special, documentation, benchmarks, multicast, reserved, broadcast
        "192.0.0.1",
        "192.0.0.9",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        # other ways to write an address
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "10.0.0.01",
        "example.0x0a",
        "134744072",  # 8.8.8.8: public, but nobody writes it so in good faith
        "0x",
        # IPv6
        "::",
        "::1",
        "[::1]",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.215.14",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::5db8:d70e",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:5db8:d70e::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        # not a host at all
        "",
        ".",
        "..",
        "a..b",
        "-a.example.com",
        "exa mple.com",
        "example.com/",
        "example.com#@127.0.0.1",
        "user@example.com",
        "user:pass@127.0.0.1",
        "example.com:443",
        "example.com\\.evil",
        "example.com\n",
        "exämple.com",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "a" * 64 + ".com",
        ".".join(["abcdefgh"] * 30),
        "[::1",
        "[example.com]x",
    ],
)
def test_what_is_no_public_host_is_refused_without_being_resolved(host: str) -> None:
    with pytest.raises(ForbiddenHostError):
        HostGuard(resolve=unreachable_dns).check(host, 443)


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("93.184.215.14", (GOOD,)),
        ("8.8.8.8", ("8.8.8.8",)),
        ("[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", (GOOD_V6,)),
        ("2606:2800:021f:cb07:6820:80DA:af6b:8b2c", (GOOD_V6,)),
    ],
)
def test_a_public_address_is_itself(host: str, addresses: tuple[str, ...]) -> None:
    assert HostGuard(resolve=unreachable_dns).check(host, 443) == addresses


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("example.com", "example.com"),
        ("EXAMPLE.com.", "example.com"),
        ("xn--exmple-cua.com", "xn--exmple-cua.com"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("1and1.com", "1and1.com"),
        ("0x7f.example.com", "0x7f.example.com"),
        ("localhost", "localhost"),
    ],
)
def test_a_name_stands_for_the_addresses_it_has(host: str, asked: str) -> None:
    dns = Dns([GOOD, GOOD_V6, GOOD])

    assert HostGuard(resolve=dns).check(host, 443) == (GOOD, GOOD_V6)
    assert dns.asked == [asked]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["169.254.169.254"],
        ["fd00:ec2::254"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["fe80::1%2"],
        [GOOD, "10.0.0.1"],
        ["10.0.0.1", GOOD],
        [GOOD, OTHER_GOOD, GOOD_V6, "2002:a00:1::"],
        [],
    ],
)
def test_one_address_that_is_not_public_spoils_the_name(answers: list[str]) -> None:
    with pytest.raises(ForbiddenHostError):
        HostGuard(resolve=Dns(answers)).check("example.com", 443)


def test_the_refusal_tells_nothing_of_the_network() -> None:
    with pytest.raises(ForbiddenHostError) as caught:
        HostGuard(resolve=Dns(["10.1.2.3"])).check("db.corp.example.com", 443)

    assert str(caught.value) == "forbidden_host"


@pytest.mark.parametrize(
    ("pattern", "host", "allowed"),
    [
        ("*", "127.0.0.1", True),
        ("*", "anything", True),
        ("*.corp.example.com", "db.corp.example.com", True),
        ("*.corp.example.com", "a.b.CORP.example.com.", True),
        ("*.corp.example.com", "corp.example.com", False),
        ("*.corp.example.com", "evilcorp.example.com", False),
        ("*.corp.example.com", "127.0.0.1/.corp.example.com", False),
        ("*.corp.example.com", "x@127.0.0.1#.corp.example.com", False),
        ("chat.internal", "chat.internal", True),
        ("chat.internal", "x.chat.internal", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.30", False),
        ("fd00::7", "[fd00::7]", True),
    ],
)
def test_what_the_operator_allows_is_not_looked_at(pattern: str, host: str, allowed: bool) -> None:
    guard = HostGuard([pattern], resolve=Dns(["127.0.0.1"]))

    assert guard.allows(host) is allowed
    if allowed:
        assert guard.check(host, 443) == (host.strip("[]").removesuffix(".").lower(),)
    else:
        with pytest.raises(ForbiddenHostError):
            guard.check(host, 443)


@pytest.mark.parametrize("pattern", ["", "10.*", "*corp", "a.*.b", "**", "https://a", "a b", "*.", "a/b"])
def test_a_pattern_that_is_none_is_said_at_once(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a pattern"):
        HostGuard([pattern])


@pytest.fixture
def loopback_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 127.0.0.0/30 pass for public, so that listeners of this machine can play the internet."""

    def seems_public(address: Address) -> bool:
        return str(address) in {"127.0.0.1", "127.0.0.2"} or is_public(address)

    monkeypatch.setattr(guarding, "is_public", seems_public)


@pytest.mark.usefixtures("loopback_is_public")
def test_a_connection_goes_to_the_address_that_was_checked() -> None:
    """Given a name that answers with a harmless address once, and with an inner one ever after."""
    with http_server(answer(200, b"outer")) as outer, socket.create_server(("127.0.0.3", outer.port)) as inner:
        inner.settimeout(0.2)
        dns = Dns(["127.0.0.1"], ["127.0.0.3"])

        told = HostGuard(resolve=dns).session().get(f"http://rebinding.example.com:{outer.port}/", timeout=(2, 2))

        assert told.content == b"outer"
        assert outer.heard[0].headers["Host"] == f"rebinding.example.com:{outer.port}"
        assert dns.asked == ["rebinding.example.com"]
        with pytest.raises(TimeoutError):
            inner.accept()


@pytest.mark.usefixtures("loopback_is_public")
def test_every_new_connection_is_checked_anew() -> None:
    dns = Dns(["127.0.0.1"], ["127.0.0.3"])
    with http_server(answer(200, b"once"), answer(200, b"twice")) as outer:
        session = HostGuard(resolve=dns).session()
        url = f"http://rebinding.example.com:{outer.port}/"
        session.get(url, timeout=(2, 2))  # the server hangs up after it

        with pytest.raises(requests.RequestException) as caught:
            session.get(url, timeout=(2, 2))

        assert judge_silence(caught.value) == FORBIDDEN
        assert len(outer.heard) == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://a@localhost:{}/", "http://0:{}/"]
)
def test_nothing_reaches_a_forbidden_host(url: str) -> None:
    with http_server(answer(200, b"secret")) as inner:
        with pytest.raises(requests.RequestException) as caught:
            HostGuard().session().post(url.format(inner.port), json={}, timeout=(2, 2))

        assert judge_silence(caught.value) == FORBIDDEN
        assert not inner.heard


def test_a_forbidden_host_is_the_settings_fault_also_outside_of_http() -> None:
    with pytest.raises(OSError, match="forbidden_host") as caught:
        HostGuard().connect("127.0.0.1", 25, 1.0)

    assert judge_silence(caught.value) == FORBIDDEN


def test_a_name_server_that_keeps_us_waiting_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "LONGEST_LOOKUP", 0.1)
    over = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        over.wait(20)
        return [GOOD]

    with pytest.raises(requests.RequestException) as caught:
        HostGuard(resolve=slow).session().get("https://slow.example.com/", timeout=(1, 1))
    over.set()

    assert judge_silence(caught.value) == Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed")


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        (None, ()),
        ("", ()),
        ("*", ("*",)),
        (" *.corp.example.com, chat.internal,,", ("*.corp.example.com", "chat.internal")),
    ],
)
def test_the_operator_allows_hosts_in_the_environment(text: str | None, patterns: tuple[str, ...]) -> None:
    environment = {} if text is None else {"HERALD_INTERNAL_HOSTS": text}

    assert Settings(environment).internal_hosts == patterns


@pytest.mark.parametrize("host", ["a..b", ".a", f"{'a' * 64}.example.com"])
def test_what_is_no_name_is_forbidden_even_where_all_are_allowed(host: str) -> None:
    with pytest.raises(ForbiddenHostError):
        HostGuard(["*"]).connect(host, 443, 1.0)


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, host)

    with pytest.raises(requests.RequestException) as caught:
        HostGuard(resolve=unknown).session().get("https://gone.example.com/", timeout=(1, 1))

    assert judge_silence(caught.value) == Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed")


@pytest.mark.usefixtures("loopback_is_public")
def test_the_next_address_is_tried_when_nobody_answers_at_the_first() -> None:
    with http_server(answer(200, b"second")) as wire:
        connection = HostGuard(resolve=Dns(["127.0.0.2", "127.0.0.1"])).connect("two.example.com", wire.port, 2.0)

        with connection:
            assert connection.getpeername()[0] == "127.0.0.1"
            assert connection.gettimeout() == 2.0


@pytest.mark.usefixtures("loopback_is_public")
def test_a_redirect_is_the_answer() -> None:
    with http_server(answer(302, b"", "Location: http://169.254.169.254/latest/meta-data/")) as wire:
        told = (
            HostGuard(resolve=Dns(["127.0.0.1"])).session().post(f"http://a.example.com:{wire.port}/", timeout=(2, 2))
        )

    assert told.status_code == 302
    assert len(wire.heard) == 1


@pytest.mark.usefixtures("loopback_is_public")
def test_no_proxy_comes_between_but_for_what_the_operator_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(answer(200, b"proxied")) as proxy, http_server(answer(200, b"direct")) as direct:
        monkeypatch.setenv("http_proxy", proxy.url)
        url = f"http://a.example.com:{direct.port}/"

        by_itself = HostGuard(resolve=Dns(["127.0.0.1"])).session().get(url, timeout=(2, 2))
        allowed = HostGuard(["*"], resolve=unreachable_dns).session().get(url, timeout=(2, 2))

    assert (by_itself.content, allowed.content) == (b"direct", b"proxied")


@pytest.mark.usefixtures("loopback_is_public")
def test_passwords_of_the_machine_stay_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine a.example.com login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with http_server(answer(200, b"", "Set-Cookie: a=b"), answer(200, b"")) as wire:
        session = HostGuard(resolve=Dns(["127.0.0.1"])).session()
        for _ in range(2):
            session.get(f"http://a.example.com:{wire.port}/", timeout=(2, 2))

    assert all("Authorization" not in heard.headers and "Cookie" not in heard.headers for heard in wire.heard)


@contextmanager
def tls_server(name: str, authority: trustme.CA) -> Iterator[tuple[int, list[str | None]]]:
    """Serve one answer by TLS with a certificate for `name`; tells which names clients asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, server_name, _context: asked.append(server_name)

    def serve() -> None:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65_536)
                secure.sendall(answer(200, b"safe"))
        except OSError:
            return  # the client did not trust us

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join()


@pytest.mark.usefixtures("loopback_is_public")
def test_the_certificate_must_be_the_hosts_though_the_connection_is_to_an_address(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    session = HostGuard(resolve=Dns(["127.0.0.1"])).session()

    with tls_server("mine.example.com", authority) as (port, asked):
        told = session.get(f"https://mine.example.com:{port}/", timeout=(2, 2), verify=str(tmp_path / "ca.pem"))
    with tls_server("mine.example.com", authority) as (port, _), pytest.raises(requests.exceptions.SSLError):
        session.get(f"https://yours.example.com:{port}/", timeout=(2, 2), verify=str(tmp_path / "ca.pem"))

    assert (told.content, asked) == (b"safe", ["mine.example.com"])


@pytest.mark.usefixtures("loopback_is_public")
def test_a_long_answer_is_cut_off() -> None:
    with http_server(answer(200, b"x" * (LARGEST_ANSWER * 3))) as wire:
        told = HostGuard(resolve=Dns(["127.0.0.1"])).session().get(f"http://a.example.com:{wire.port}/", timeout=(2, 2))

    assert told.content == b"x" * LARGEST_ANSWER


@contextmanager
def dripping_server(start: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Say `start` at once, then a byte every 20 ms until the client goes away."""
    over = threading.Event()

    def serve() -> None:
        plain, _ = listener.accept()
        try:
            with tls.wrap_socket(plain, server_side=True) if tls else plain as connection:
                connection.recv(65_536)
                connection.sendall(start)
                while not over.wait(0.02):
                    connection.sendall(b"x")
        except OSError:
            return  # the client went away

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join()


@pytest.mark.usefixtures("loopback_is_public")
def test_an_answer_whose_head_does_not_end_is_given_up() -> None:
    with dripping_server(b"HTTP/1.1 200 OK\r\nX-A: ") as port, pytest.raises(requests.RequestException) as caught:
        HostGuard(resolve=Dns(["127.0.0.1"])).session().get(f"http://a.example.com:{port}/", timeout=(2, 0.3))

    assert judge_silence(caught.value) == Unsure(code="timeout")


@pytest.mark.usefixtures("loopback_is_public")
def test_an_answer_whose_body_does_not_end_is_what_came_of_it() -> None:
    with dripping_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n") as port:
        told = HostGuard(resolve=Dns(["127.0.0.1"])).session().get(f"http://a.example.com:{port}/", timeout=(2, 0.3))

    assert told.status_code == 200
    assert set(told.content) == {ord("x")}
    assert len(told.content) < 100


@pytest.mark.usefixtures("loopback_is_public")
def test_so_is_one_that_is_encrypted(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("a.example.com").configure_cert(context)
    session = HostGuard(resolve=Dns(["127.0.0.1"])).session()

    with (
        dripping_server(b"HTTP/1.1 200 OK\r\nX-A: ", context) as port,
        pytest.raises(requests.RequestException) as caught,
    ):
        session.get(f"https://a.example.com:{port}/", timeout=(2, 0.3), verify=str(tmp_path / "ca.pem"))

    assert judge_silence(caught.value) == Unsure(code="timeout")
