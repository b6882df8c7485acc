"""The provider behind all services of Apprise, on servers of loopback."""

import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest

from chalicelib.channels.base import AlertMessage, ChatMessage, EmailMessage, Message, PushMessage, SmsMessage
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.device import MOST_DEVICES
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.adapter import class_of
from chalicelib.providers.apprise.messages import type_of, words_of
from chalicelib.providers.apprise.services import SERVICES
from chalicelib.providers.base import SettingError, Timeouts, misconfigured
from chalicelib.providers.guard import PUBLIC_ONLY, ForbiddenHostError, HostGuard
from tests.unit.providers.wire import answer, http_server

A_PUSH = PushMessage(reference="n1", tokens=("one", "two"), title="Hello", body="How are you?")
A_CHAT = ChatMessage(reference="n1", text="How are you?", title="Hello")
AN_ALERT = AlertMessage(
    reference="n1",
    action=AlertAction.TRIGGER,
    severity=Severity.WARNING,
    summary="Disk full",
    text="db-1 has no space",
    source="db-1",
    dedup_key="disk",
)
MESSAGES: Mapping[Channel, Callable[[str, str], Message]] = {
    Channel.SMS: lambda _vendor, sample: SmsMessage(reference="n1", to=sample, text="Hi", segments=1),
    Channel.PUSH: lambda _vendor, sample: PushMessage(reference="n1", tokens=(sample,), title="Hi", body="Hello"),
    Channel.CHAT: lambda vendor, sample: ChatMessage(reference="n1", text="Hi", targets={vendor: sample}),
    Channel.ALERT: lambda _vendor, _sample: AN_ALERT,
}
OK = answer(200, b"{}")
HERE = HostGuard(["127.0.0.1"])


def send(
    channel: Channel,
    vendor: str,
    url: str,
    message: Message,
    guard: HostGuard = HERE,
    timeouts: Timeouts = Timeouts(connect=5, read=5),  # noqa: B008 - frozen
) -> ProviderResult:
    provider = class_of(channel, vendor)
    return provider(provider.settings_type(url=url), timeouts, guard).send(message)


def failed(code: str) -> Refused:
    return Refused(kind=AttemptOutcome.RETRIABLE, code=code, retries=1)


def displeased(code: str) -> Refused:
    return Refused(kind=AttemptOutcome.RETRIABLE, code=code, retries=1, telling=False)


FORBIDDEN = Refused(kind=AttemptOutcome.MISCONFIGURED, code="forbidden_host", telling=False)


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (OK, Accepted()),
        (answer(400, b"{}"), displeased("http_400")),
        (
            answer(429, b"{}", "Retry-After: 5"),
            Refused(kind=AttemptOutcome.RETRIABLE, code="http_429", retries=1, telling=False),
        ),
        (answer(500, b"{}"), failed("http_500")),
        (answer(302, b"", "Location: http://127.0.0.1:1/elsewhere"), displeased("http_302")),
        (answer(502, b"{}"), Unsure(code="http_502")),
        (answer(504, b"{}"), Unsure(code="http_504")),
        (b"", Unsure(code="connection_lost")),
    ],
)
def test_what_became_of_a_message(said: bytes, result: ProviderResult) -> None:
    with http_server(said) as wire:
        url = f"gotify://127.0.0.1:{wire.port}/token"

        assert send(Channel.PUSH, "gotify", url, A_PUSH) == result

    assert len(wire.heard) == 1


def test_a_message_to_all_is_one_call_whatever_the_devices() -> None:
    with http_server(OK) as wire:
        send(Channel.PUSH, "gotify", f"gotify://127.0.0.1:{wire.port}/token", A_PUSH)

    assert json.loads(wire.heard[0].body) == {"priority": 5, "title": "Hello", "message": "How are you?"}


def test_with_a_target_each_device_gets_a_call_of_its_own() -> None:
    with http_server(answer(500, b"{}"), OK) as wire:
        result = send(Channel.PUSH, "bark", f"bark://127.0.0.1:{wire.port}/{{target}}", A_PUSH)

    assert result == Accepted()
    assert {json.loads(heard.body)["device_key"] for heard in wire.heard} == {"one", "two"}


def test_all_devices_of_a_user_are_reached() -> None:
    tokens = tuple(f"device{number}" for number in range(2 * MOST_DEVICES))  # named by services, and registered
    push = PushMessage(reference="n1", tokens=tokens, title="Hello", body="Hi")
    with http_server(*[OK] * len(tokens)) as wire:
        provider = class_of(Channel.PUSH, "bark")
        url = f"bark://127.0.0.1:{wire.port}/{{target}}"
        instance = provider(provider.settings_type(url=url), Timeouts(connect=20, read=20), HERE)

        assert not instance.exceeds_limits(push)
        assert instance.send(push) == Accepted()

    assert {json.loads(heard.body)["device_key"] for heard in wire.heard} == set(tokens)


def test_a_device_of_another_service_does_not_keep_the_others_from_another_try() -> None:
    push = PushMessage(reference="n1", tokens=("https://elsewhere.example.com", "one"), title="Hello", body="Hi")
    with http_server(answer(503, b"{}")) as wire:
        result = send(Channel.PUSH, "bark", f"bark://127.0.0.1:{wire.port}/{{target}}", push)

    assert result == failed("http_503")
    assert len(wire.heard) == 1


@pytest.mark.parametrize("token", ["one,two", "one/two", "one two", "#all", "@all", "", "one\n"])
def test_a_device_token_that_is_not_one_device_is_not_sent_to(token: str) -> None:
    push = PushMessage(reference="n1", tokens=(token,), title="Hello", body="Hi")
    with http_server(OK) as wire:
        result = send(Channel.PUSH, "gorush", f"gorush://127.0.0.1:{wire.port}/{{target}}", push)

    assert result == misconfigured("invalid_target")
    assert wire.heard == []


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ({}, "missing_target"),
        ({"telegram": "U1"}, "missing_target"),
        ({"signal": "nobody"}, "invalid_target"),
        ({"signal": "+14155550100,+14155550101"}, "invalid_target"),
        ({"signal": "+14155550100\n"}, "invalid_target"),
        ({"signal": ""}, "invalid_target"),
    ],
)
def test_a_recipient_whom_the_service_does_not_know_is_the_next_providers(
    targets: Mapping[str, str], code: str
) -> None:
    message = ChatMessage(reference="n1", text="Hi", targets=dict(targets))

    result = send(Channel.CHAT, "signal", "signal://127.0.0.1:1/14155550199/{target}", message)

    assert result == misconfigured(code)


def test_an_address_that_would_be_looked_up_elsewhere_is_no_target() -> None:
    message = ChatMessage(reference="n1", text="Hi", targets={"nostr": "name@internal.example.com"})

    assert send(Channel.CHAT, "nostr", "nostr://" + "0" * 63 + "1/{target}", message) == misconfigured("invalid_target")


def test_a_host_that_may_not_be_named_is_not_called() -> None:
    with http_server(OK) as wire:
        result = send(Channel.PUSH, "gotify", f"gotifys://127.0.0.1:{wire.port}/token", A_PUSH, PUBLIC_ONLY)

    assert result == FORBIDDEN
    assert wire.heard == []
    with pytest.raises(ForbiddenHostError):
        PUBLIC_ONLY.check("127.0.0.1", wire.port)


def test_a_host_that_has_no_address_is_tried_again() -> None:
    def nowhere(_host: str, _port: int) -> tuple[str, ...]:
        raise OSError("no such host") from ConnectionRefusedError()

    result = send(Channel.PUSH, "gotify", "gotifys://gotify.example.com/token", A_PUSH, HostGuard([], nowhere))

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.RETRIABLE


def test_nothing_that_apprise_says_reaches_the_logs() -> None:
    root = logging.getLogger()
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    root.addHandler(handler)
    try:
        with http_server(b"") as wire:
            send(Channel.PUSH, "gotify", f"gotify://127.0.0.1:{wire.port}/the0secret", A_PUSH)
    finally:
        root.removeHandler(handler)

    assert not [line for line in lines if "the0secret" in line or "otify" in line]


def test_settings_that_were_stored_before_a_rule_are_held_to_it() -> None:
    provider = class_of(Channel.PUSH, "gotify")

    with pytest.raises(SettingError):
        provider(provider.settings_type(url="gotifys://a.example.com/token?verify=no"), Timeouts())


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (SmsMessage(reference="n1", to="+14155550100", text="Hi", segments=1), ("", "Hi")),
        (A_PUSH, ("Hello", "How are you?")),
        (A_CHAT, ("Hello", "How are you?")),
        (ChatMessage(reference="n1", text="Hi", link="https://a.b/c"), ("", "Hi\n\nhttps://a.b/c")),
        (ChatMessage(reference="n1", text="See https://a.b/c", link="https://a.b/c"), ("", "See https://a.b/c")),
        (AN_ALERT, ("Disk full", "db-1 has no space")),
        (EmailMessage(reference="n1", to="a@b.io", subject="S", text="T"), ("", "T")),
    ],
)
def test_the_words_of_a_message(message: Message, words: tuple[str, str]) -> None:
    assert words_of(message) == words


@pytest.mark.parametrize(
    ("action", "severity", "type_"),
    [
        (AlertAction.TRIGGER, Severity.INFO, "info"),
        (AlertAction.TRIGGER, Severity.WARNING, "warning"),
        (AlertAction.TRIGGER, Severity.ERROR, "failure"),
        (AlertAction.TRIGGER, Severity.CRITICAL, "failure"),
        (AlertAction.RESOLVE, Severity.CRITICAL, "success"),
    ],
)
def test_how_bad_an_alert_is(action: AlertAction, severity: Severity, type_: str) -> None:
    alert = AlertMessage(
        reference="n1", action=action, severity=severity, summary="S", text="T", source="s", dedup_key="d"
    )

    assert type_of(alert) == type_


@pytest.mark.parametrize(
    ("channel", "vendor", "url", "message", "exceeds"),
    [
        (Channel.PUSH, "pushover", "pover://" + "u" * 30 + "@" + "a" * 30, "x" * 1_024, False),
        (Channel.PUSH, "pushover", "pover://" + "u" * 30 + "@" + "a" * 30, "x" * 1_025, True),
        (Channel.PUSH, "gotify", "gotifys://gotify.example.com/token", "x" * 9_999, False),
    ],
)
def test_a_text_over_the_services_limit_is_not_sent(
    channel: Channel, vendor: str, url: str, message: str, exceeds: bool
) -> None:
    provider = class_of(channel, vendor)
    instance = provider(provider.settings_type(url=url), Timeouts())

    push = PushMessage(reference="n1", tokens=("t",), title="Hello", body=message)
    assert instance.exceeds_limits(push) is exceeds


def test_a_server_cannot_hold_a_worker_by_answering_bit_by_bit() -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not over.wait(0.1):
                    connection.sendall(b" ")

        server = threading.Thread(target=drip)
        server.start()
        try:
            url = f"gotify://127.0.0.1:{listener.getsockname()[1]}/token"
            result = send(Channel.PUSH, "gotify", url, A_PUSH, timeouts=Timeouts(connect=0.5, read=0.5))
        finally:
            over.set()
            server.join()

    assert result == Accepted()


def test_a_name_that_turns_inward_between_two_questions_gains_nothing() -> None:
    # Asked by the guard, it is a public address; asked again, it would be this machine.
    guard = HostGuard([], lambda _host, _port: ["192.0.9.1"])
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.setblocking(False)
        url = f"gotifys://localhost:{inside.getsockname()[1]}/token"
        result = send(Channel.PUSH, "gotify", url, A_PUSH, guard, Timeouts(connect=0.2, read=0.2))

        assert not isinstance(result, Accepted)
        with pytest.raises(BlockingIOError):
            inside.accept()


def test_every_name_that_a_plugin_asks_for_passes_the_guard() -> None:
    asked: set[str] = set()

    def nobody(host: str, _port: int) -> list[str]:
        asked.add(host)
        return ["10.0.0.1"]

    for service in SERVICES.values():
        if service.hosted:
            message = MESSAGES[service.channel](service.vendor, service.sample)
            result = send(service.channel, service.vendor, service.example, message, HostGuard([], nobody))
            assert result == FORBIDDEN, service.vendor

    assert len(asked) > 10


def test_an_answer_without_end_is_not_read() -> None:
    over = threading.Event()
    sent = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def flood() -> None:
            nonlocal sent
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
                while not over.is_set():
                    sent += connection.send(b" " * 65_536)

        server = threading.Thread(target=flood)
        server.start()
        try:
            send(Channel.PUSH, "gotify", f"gotify://127.0.0.1:{listener.getsockname()[1]}/token", A_PUSH)
        finally:
            over.set()
            server.join()

    assert sent < 50_000_000


def test_a_server_cannot_hold_a_worker_by_asking_it_to_wait() -> None:
    busy = answer(429, b'{"retry_after_ms": 3600000}')
    message = ChatMessage(reference="n1", text="Hi", targets={"matrix": "!room:matrix.example.com"})
    with http_server(*[busy] * 9) as wire:
        url = f"matrix://token@127.0.0.1:{wire.port}/{{target}}"

        assert send(Channel.CHAT, "matrix", url, message) == failed("failure")

    paths = [heard.line for heard in wire.heard]
    assert len(paths) == len(set(paths))
