"""What every service of Apprise must do: Apprise's own code, up to a vendor in the sandbox."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from chalicelib.channels.base import ChatMessage, Message
from chalicelib.domain.content import AlertAction
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.services import SERVICES, service_of, vendors_of
from chalicelib.providers.base import Timeouts, misconfigured
from chalicelib.providers.caller import Caller
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import setting_faults
from infra.local.ministack import find_free_port
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from tests.build import a_tenant
from tests.contract.apprise_cases import SENT, an_alert, expected, message_for, sent_as
from tests.contract.worker import IMPATIENT, PATIENT, TOO_SLOW, VAULT, seal

NOT_HTTP = {(Channel.CHAT, "nostr")}
"""Calls relays by WebSocket, past every proxy."""
TOLERANT = {(Channel.CHAT, "matrix")}
"""Makes several requests for a message; what it makes of a failure is the last one's."""
STATUS_UNTOLD = {(Channel.CHAT, "lark")}
"""Its plugin does not say which status was answered."""
READ_FIRST = {(Channel.CHAT, "matrix"), (Channel.CHAT, "viber")}
"""Read the answer before they look at its status."""
every_service = pytest.mark.parametrize(("channel", "vendor"), list(SENT), ids=str)


@pytest.fixture(autouse=True)
def _proxied(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in sandbox.proxy_environment().items():
        monkeypatch.setenv(name, value)


def send(
    channel: Channel, vendor: str, message: Message | None = None, timeouts: Timeouts = PATIENT, url: str | None = None
) -> ProviderResult:
    credentials = seal({"url": url or service_of(channel, vendor).example})
    config = ProviderConfig(id=ProviderId("primary"), channel=channel, vendor=vendor, credentials=credentials)
    caller = Caller(VAULT, timeouts, HostGuard(["*"]))
    return caller.call(a_tenant(), config, message or message_for(channel, vendor))


def fault(sandbox: Sandbox, kind: FaultKind, status: int = 500) -> None:
    sandbox.fault(Fault(vendor="apprise", kind=kind, status=status, delay=TOO_SLOW))


def test_every_service_has_a_case() -> None:
    assert set(SENT) == set(SERVICES) - NOT_HTTP


@every_service
def test_a_message_arrives_as_the_vendor_documents_it(channel: Channel, vendor: str, sandbox: Sandbox) -> None:
    result = send(channel, vendor)

    assert result == Accepted(segments=1 if channel is Channel.SMS else None)
    assert tuple(map(sent_as, sandbox.records("apprise"))) == expected(channel, vendor)


@every_service
def test_a_failure_is_tried_again_once(channel: Channel, vendor: str, sandbox: Sandbox) -> None:
    fault(sandbox, FaultKind.STATUS, 500)

    result = send(channel, vendor)

    code = "failure" if (channel, vendor) in STATUS_UNTOLD else "http_500"
    assert result == Refused(kind=AttemptOutcome.RETRIABLE, code=code, retries=1)
    assert len(sandbox.records("apprise")) == 1 or (channel, vendor) in TOLERANT


@pytest.mark.parametrize(("channel", "vendor"), [key for key in SENT if key not in STATUS_UNTOLD], ids=str)
def test_an_error_of_a_gateway_leaves_the_outcome_unknown(channel: Channel, vendor: str, sandbox: Sandbox) -> None:
    fault(sandbox, FaultKind.BAD_GATEWAY)

    code = "unreadable_answer" if (channel, vendor) in READ_FIRST else "http_502"
    assert send(channel, vendor) == Unsure(code=code)


@every_service
def test_a_lost_answer_leaves_the_outcome_unknown(channel: Channel, vendor: str, sandbox: Sandbox) -> None:
    fault(sandbox, FaultKind.DROPPED)

    assert send(channel, vendor) == Unsure(code="connection_lost")


@every_service
def test_a_vendor_out_of_reach_is_tried_again_once(channel: Channel, vendor: str, sandbox: Sandbox) -> None:
    fault(sandbox, FaultKind.UNREACHABLE)

    assert send(channel, vendor) == Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed", retries=1)
    assert not sandbox.records("apprise")


def test_a_refused_connection_is_tried_again_once(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"http://127.0.0.1:{find_free_port()}"
    monkeypatch.setenv("HTTPS_PROXY", nobody)
    monkeypatch.setenv("https_proxy", nobody)

    results = {key: send(*key) for key in SENT}

    refused = Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed", retries=1)
    assert results == dict.fromkeys(SENT, refused)


def test_an_answer_that_does_not_come_in_time_leaves_the_outcome_unknown(sandbox: Sandbox) -> None:
    fault(sandbox, FaultKind.SLOW)

    with ThreadPoolExecutor(len(SENT)) as threads:
        results = list(threads.map(lambda key: send(key[0], key[1], timeouts=IMPATIENT), SENT))

    assert dict(zip(SENT, results, strict=True)) == dict.fromkeys(SENT, Unsure(code="timeout"))


@pytest.mark.parametrize("vendor", vendors_of(Channel.ALERT))
@pytest.mark.parametrize("action", list(AlertAction))
def test_what_a_service_cannot_do_to_an_incident_is_refused(vendor: str, action: AlertAction, sandbox: Sandbox) -> None:
    can = action in service_of(Channel.ALERT, vendor).actions

    result = send(Channel.ALERT, vendor, an_alert(action))

    assert result == (Accepted() if can else misconfigured("unsupported_action"))
    assert len(sandbox.records("apprise")) == int(can)


def test_what_looks_like_a_tag_stays_text(sandbox: Sandbox) -> None:
    message = ChatMessage(reference="1", title="<i>", text="1 < 2 & <b>not bold</b>", targets={"telegram": "12315544"})

    send(Channel.CHAT, "telegram", message)

    (record,) = sandbox.records("apprise")
    assert record.body["text"] == "<b>&lt;i&gt;</b>\r\n1 &lt; 2 &amp; &lt;b&gt;not bold&lt;/b&gt;"


@every_service
def test_no_part_of_a_url_leads_to_another_host(channel: Channel, vendor: str, sandbox: Sandbox) -> None:
    scheme, _, rest = service_of(channel, vendor).example.partition("://")
    own = {urlsplit(sent.url).hostname for sent in expected(channel, vendor)}
    urls = [
        f"{scheme}://{rest[: part.start()]}{other}{rest[part.end() :]}"
        for part in re.finditer(r"[^/@:?&=]+", rest)
        for other in (f"evil.example%2F{part[0]}", f"{part[0]}.evil.example", f"x%40evil.example%2F{part[0]}")
        if part[0] not in own
    ]

    allowed = [url for url in urls if not setting_faults(channel, vendor, {}, {"url": url})]
    results = {url: send(channel, vendor, url=url) for url in allowed}

    # The proxy opens no tunnel to a host that it does not know.
    assert not [url for url, result in results.items() if getattr(result, "code", None) == "connection_failed"]
    assert {urlsplit(record.url).hostname for record in sandbox.records("apprise")} <= own
