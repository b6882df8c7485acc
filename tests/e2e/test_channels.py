"""Every channel through the deployed stack, up to a vendor that checks what it gets as its documentation says."""

from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook

from infra.local.sandbox.records import Record
from tests.e2e.arrivals import told
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import Tenant, new_tenant
from tests.e2e.vendors import providers

pytestmark = pytest.mark.stack

PHONE = "+14155550100"


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    return new_tenant(herald, *providers(herald))


def arrived(herald: Herald, tenant: Tenant, person: Person, vendor: str, **send: Any) -> tuple[str, Record]:
    """Send to a person; return the notification's id and the one request that reached the vendor."""
    id = tenant.send(person, **send)
    [delivery] = tenant.settled(id).deliveries
    assert (delivery.status, delivery.code, delivery.attempts) == ("sent", None, 1)
    [record] = herald.stack.sandbox.records(vendor, contains=person.user_id, accepted=True)
    [attempt] = told(tenant.service, id)["deliveries"][0]["attempts"]
    assert (attempt["outcome"], attempt.get("vendorId")) == ("accepted", record.vendor_id)
    return id, record


def test_whatsapp_says_the_text_through_the_cloud_api(herald: Herald, tenant: Tenant, person: Person) -> None:
    recipient = person.as_recipient(phone=PHONE)
    id, record = arrived(herald, tenant, person, "cloud_api", channels=["whatsapp"], recipients=[recipient])

    assert record.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": PHONE.removeprefix("+"),
        "type": "text",
        "text": {"body": f"Hello {person.user_id}", "preview_url": False},
        "biz_opaque_callback_data": id,
    }


def test_slack_shows_a_title_and_a_text(herald: Herald, tenant: Tenant, person: Person) -> None:
    _, record = arrived(herald, tenant, person, "slack", channels=["chat"])

    header, section = record.body["blocks"]
    assert header == {"type": "header", "text": {"type": "plain_text", "text": "Hello"}}
    assert section == {"type": "section", "text": {"type": "mrkdwn", "text": f"Hello {person.user_id}"}}


def test_telegram_is_called_through_apprise_for_the_recipients_own_chat(
    herald: Herald, tenant: Tenant, person: Person
) -> None:
    recipient = person.as_recipient(chatTargets={"telegram": "12315544"})

    id = tenant.send(person, channels=["chat"], recipients=[recipient], provider={"chat": "telegram"})

    [delivery] = tenant.settled(id).deliveries
    assert (delivery.status, delivery.provider, delivery.code) == ("sent", "telegram", None)
    [record] = herald.stack.sandbox.records("apprise", contains=person.user_id)
    assert record.url == "https://api.telegram.org/bot123456789:bot-token_of_the_bot/sendMessage"
    assert record.body["chat_id"] == 12315544
    assert record.body["text"] == f"<b>Hello</b>\r\nHello {person.user_id}"


def test_an_alert_opens_an_incident_and_closes_it(herald: Herald, tenant: Tenant, person: Person) -> None:
    key = f"disk/{person.user_id}"
    alert = {"severity": "critical", "dedupKey": key, "source": "db-1", "details": {"free": "2 %"}}
    content = {"subject": "Disk full", "body": f"On db-1, says {person.user_id}."}

    for action in ("trigger", "resolve"):
        id = tenant.send(person, channels=["alert"], content=content | {"alert": alert | {"action": action}})
        assert tenant.settled(id).on("alert").status == "sent"

    opened, closed = herald.stack.sandbox.records("pagerduty", contains=key, accepted=True)
    payload = opened.body["payload"]
    assert (opened.body["event_action"], closed.body["event_action"]) == ("trigger", "resolve")
    assert opened.body["dedup_key"] == closed.body["dedup_key"] == key
    assert (payload["summary"], payload["severity"], payload["source"]) == ("Disk full", "critical", "db-1")
    assert (payload["custom_details"]["free"], payload["custom_details"]["text"]) == ("2 %", content["body"])


def test_a_webhook_is_signed_as_standard_webhooks_are(herald: Herald, tenant: Tenant, person: Person) -> None:
    id, record = arrived(herald, tenant, person, "endpoint", channels=["webhook"], type="order.shipped")

    secret = herald.stack.sandbox.accounts["endpoint"]["secret"]
    event = Webhook(secret).verify(msgspec.json.encode(record.body), record.headers)
    assert (event["type"], event["data"]["notificationId"], record.headers["webhook-id"]) == ("order.shipped", id, id)
    assert event["data"]["recipient"] == {"userType": "customer", "userId": person.user_id}
    assert event["data"]["body"] == f"Hello {person.user_id}"


def test_mailgun_takes_a_mail_in_its_region(herald: Herald, tenant: Tenant, person: Person) -> None:
    _, record = arrived(herald, tenant, person, "mailgun")

    assert record.url == "https://api.eu.mailgun.net/v3/mg.example.com/messages"
    assert (record.body["to"], record.body["subject"]) == (person.email, "Hello")
    assert record.body["text"].startswith(f"Hello {person.user_id}")
    assert record.body["from"] == f"hello@{tenant.id}.example.com"
