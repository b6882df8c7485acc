"""What else e-mail providers can be set to: TLS from the first byte, configuration sets, refused domains."""

from typing import Any

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused
from chalicelib.providers.guard import HostGuard
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.vendors.mailgun import DISABLED_DOMAIN, UNREGISTERED_DOMAIN
from infra.local.sandbox.vendors.ses import CONFIGURATION_SET
from tests.contract.making import a_provider
from tests.contract.messages import AN_EMAIL

pytestmark = pytest.mark.usefixtures("afresh")
MISCONFIGURED = AttemptOutcome.MISCONFIGURED


def test_a_mail_server_may_speak_tls_from_the_first_byte(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = a_provider("smtp", sandbox, monkeypatch, port=sandbox.ports.smtps, security="tls").send(AN_EMAIL)

    assert isinstance(sent, Accepted)
    (record,) = sandbox.records("smtp")
    assert (record.body["tls"], record.body["authenticated"]) == (True, True)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_another_name_is_not_taken(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setattr(HostGuard, "connect", _to_this_machine)
    port = sandbox.ports.smtps if security == "tls" else sandbox.ports.smtp
    sent = a_provider("smtp", sandbox, monkeypatch, host="mail.example.com", port=port, security=security).send(
        AN_EMAIL
    )

    assert sent == Refused(kind=MISCONFIGURED, code="invalid_certificate")
    assert not sandbox.records("smtp")


def _to_this_machine(_guard: HostGuard, _host: str, port: int, timeout: float) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", port), timeout)


@pytest.mark.parametrize(("name", "taken"), [(CONFIGURATION_SET, True), ("other", False)])
def test_ses_sends_by_a_configuration_set_that_there_is(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str, taken: bool
) -> None:
    sent = a_provider("ses", sandbox, monkeypatch, configurationSet=name).send(AN_EMAIL)

    assert isinstance(sent, Accepted) if taken else sent == Refused(kind=MISCONFIGURED, code="NotFoundException")
    assert [record.body["ConfigurationSetName"] for record in sandbox.records("ses")] == [name]


@pytest.mark.parametrize(("domain", "code"), [(UNREGISTERED_DOMAIN, "404"), (DISABLED_DOMAIN, "403")])
def test_a_mailgun_domain_that_cannot_send_is_the_settings_fault(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, domain: str, code: str
) -> None:
    assert a_provider("mailgun", sandbox, monkeypatch, domain=domain).send(AN_EMAIL) == Refused(
        kind=MISCONFIGURED, code=code
    )
