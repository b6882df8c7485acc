"""Alerts: what those on duty are told, and of which incident."""

import pytest
from msgspec.structs import replace

from chalicelib.channels.alert import shape
from chalicelib.channels.base import UnshapeableError, address_fault
from chalicelib.domain.content import AlertAction, AlertContent, Content, Severity
from chalicelib.domain.words import Channel, Priority
from tests.build import a_recipient, a_request, a_tenant

REQUEST = a_request(content=Content(subject=" Payments \n fail ", body="\n One in four\nsince 9:00.\n"))


def test_everybody_can_be_reached() -> None:
    assert address_fault(Channel.ALERT, a_recipient()) is None


@pytest.mark.parametrize(
    ("priority", "severity"),
    [
        (Priority.LOW, Severity.INFO),
        (Priority.MEDIUM, Severity.WARNING),
        (Priority.HIGH, Severity.ERROR),
        (Priority.CRITICAL, Severity.CRITICAL),
    ],
)
def test_how_bad_it_is_follows_from_the_priority_where_nobody_says(priority: Priority, severity: Severity) -> None:
    request = replace(REQUEST, priority=priority)
    said = replace(request, content=replace(request.content, alert=AlertContent(severity=Severity.INFO)))

    assert shape(request, a_recipient(), a_tenant()).severity is severity
    assert shape(said, a_recipient(), a_tenant()).severity is Severity.INFO


@pytest.mark.parametrize(
    ("subject", "summary"), [(" Payments \n fail ", "Payments fail"), (None, "One in four"), ("", "One in four")]
)
def test_the_summary_is_one_line(subject: str | None, summary: str) -> None:
    request = replace(REQUEST, content=replace(REQUEST.content, subject=subject))

    message = shape(request, a_recipient(), a_tenant())

    assert (message.summary, message.text) == (summary, "One in four\nsince 9:00.")


def test_without_a_key_the_incident_is_the_notifications_own() -> None:
    message = shape(REQUEST, a_recipient(), a_tenant(name="The Shop"))

    assert (message.dedup_key, message.source, message.action) == (REQUEST.id, "The Shop", AlertAction.TRIGGER)


def test_what_the_sender_says_is_told() -> None:
    said = AlertContent(action=AlertAction.RESOLVE, dedup_key="k", source="db1", details={"a": 1})
    content = replace(REQUEST.content, alert=said, action_url="https://example.com/7")

    message = shape(replace(REQUEST, content=content), a_recipient(), a_tenant())

    assert (message.action, message.dedup_key, message.source) == (AlertAction.RESOLVE, "k", "db1")
    assert (message.details, message.link, message.reference) == ({"a": 1}, "https://example.com/7", REQUEST.id)


def test_an_alert_that_says_nothing_is_none() -> None:
    with pytest.raises(UnshapeableError, match="empty_body"):
        shape(replace(REQUEST, content=Content(body=" \n")), a_recipient(), a_tenant())
