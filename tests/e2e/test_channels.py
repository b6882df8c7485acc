"""Every channel through the deployed stack, up to a vendor that checks what it gets as its documentation says."""

import re
from html import unescape
from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook

from infra.cli.api import Api, direct_session
from infra.cli.waiting import eventually
from infra.deployed import function_name
from infra.local.sandbox.records import Record
from tests.e2e.arrivals import told
from tests.e2e.conftest import SEND, Herald, Person
from tests.e2e.tenants import ADMIN, Tenant, new_tenant, smtp

pytestmark = pytest.mark.stack

PHONE = "+14155550100"
TARGET = "https://shop.example.com/orders/42?from=mail&more=1"
IN_TIME = 30.0
PASSWORD = "Chosen-password-1"
FILE = b"%PDF-1.7 what was agreed"


def providers(herald: Herald) -> list[dict[str, Any]]:
    """Return a provider of each vendor, as they are created; SMTP is asked only where it is named."""
    accounts = herald.stack.sandbox.accounts
    whatsapp, hook = accounts["cloud_api"], accounts["endpoint"]
    return [
        {"id": "mailgun", "channel": "email", "vendor": "mailgun"}
        | {"settings": {"domain": "mg.example.com", "region": "eu"}, "credentials": accounts["mailgun"]},
        smtp(herald, priority=200),
        {"id": "meta", "channel": "whatsapp", "vendor": "cloud_api"}
        | {"settings": {"phoneNumberId": whatsapp["phoneNumberId"]}}
        | {"credentials": {"accessToken": whatsapp["accessToken"]}},
        {"id": "slack", "channel": "chat", "vendor": "slack", "credentials": accounts["slack"]},
        {"id": "telegram", "channel": "chat", "vendor": "telegram", "priority": 200}
        | {"credentials": {"url": "tgram://123456789:bot-token_of_the_bot/{target}"}},
        {"id": "pagerduty", "channel": "alert", "vendor": "pagerduty", "credentials": accounts["pagerduty"]},
        {"id": "hook", "channel": "webhook", "vendor": "endpoint", "settings": {"url": hook["url"]}}
        | {"credentials": {"secret": hook["secret"], "headers": hook["headers"]}},
    ]


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    return new_tenant(herald, *providers(herald), tracking={"clicks": True})


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


def test_a_file_of_the_tenants_goes_with_a_mail_and_nobody_elses_does(
    herald: Herald, tenant: Tenant, person: Person
) -> None:
    cloud, key = herald.stack.cloud, f"{tenant.id}/orders/42.pdf"
    cloud.client("s3").put_object(Bucket=function_name("local", "Files", cloud), Key=key, Body=FILE)
    file = {"key": key, "name": "Grüße.pdf", "type": "application/pdf"}
    content = {"subject": "Hello", "body": "See the file.", "email": {"attachments": [file]}}

    id = tenant.send(person, content=content, provider={"email": "smtp"})

    assert tenant.settled(id).on("email").status == "sent"
    [mail] = herald.stack.sandbox.mails(contains=person.email)
    [attached] = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("Grüße.pdf", "application/pdf")
    assert attached.get_content() == FILE
    foreign = content | {"email": {"attachments": [file | {"key": "acme/orders/42.pdf"}]}}
    refused = tenant.service.call("POST", SEND, {"recipients": [person.as_recipient()], "content": foreign})
    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["faults"]] == ["/content/email/attachments/0/key"]


def test_a_tracked_link_leads_to_its_target_and_tells_that_it_was_followed(
    herald: Herald, tenant: Tenant, person: Person
) -> None:
    html = f'<p>See <a href="{TARGET.replace("&", "&amp;")}">your order</a></p>'
    content = {"subject": "Hello", "body": "See your order.", "html": html}
    id = tenant.send(person, content=content, provider={"email": "smtp"})
    assert tenant.settled(id).on("email").status == "sent"
    [mail] = herald.stack.sandbox.mails(contains=person.email)
    body = mail.get_body(("html",))
    assert body is not None
    [link] = [unescape(href) for href in re.findall(r'href="([^"]+)"', body.get_content()) if "/t/c/" in href]
    assert "clickedAt" not in told(tenant.service, id)

    answer = direct_session().get(link, allow_redirects=False, timeout=IN_TIME)

    assert (answer.status_code, answer.headers["Location"]) == (302, TARGET)
    assert told(tenant.service, id)["clickedAt"]
    bent = direct_session().get(link[:-2], allow_redirects=False, timeout=IN_TIME)
    assert (bent.status_code, "Location" in bent.headers) == (404, False)


@pytest.mark.parametrize(("id", "probed"), [("mailgun", True), ("smtp", True), ("meta", True), ("slack", False)])
def test_a_provider_is_tried_out(herald: Herald, tenant: Tenant, id: str, probed: bool) -> None:
    vendor = {"meta": "cloud_api"}.get(id, id)
    before = len(herald.stack.sandbox.records(vendor, contains="Test message from Herald"))

    tried = tenant.admin.post(f"{ADMIN}/providers/{id}/test")

    assert (tried["outcome"], tried["probed"]) == ("accepted", probed)
    sent = len(herald.stack.sandbox.records(vendor, contains="Test message from Herald")) - before
    assert sent == (0 if probed else 1)


def test_a_provider_with_a_wrong_key_is_found_out_without_a_message(herald: Herald, tenant: Tenant) -> None:
    wrong = providers(herald)[0] | {"id": "wrong", "enabled": False, "credentials": {"apiKey": "wrong"}}
    tenant.admin.post(f"{ADMIN}/providers", wrong)

    tried = tenant.admin.post(f"{ADMIN}/providers/wrong/test")

    assert (tried["outcome"], tried["probed"]) == ("misconfigured", True)


def test_the_first_administrator_of_a_tenant_logs_in_by_what_they_are_written(herald: Herald, person: Person) -> None:
    id = f"tenant-{person.user_id}"
    platform = herald.stack.as_user("platform")
    platform.post(f"{ADMIN}/tenants", {"id": id, "name": "New", "firstAdmin": {"email": person.email}})

    admin = Api(herald.stack.outputs.api_url, first_login(herald, person))

    assert admin.get(f"{ADMIN}/tenants/{id}")["name"] == "New"
    assert "welcome" in {template["key"] for template in admin.get(f"{ADMIN}/templates")["items"]}
    assert admin.call("GET", f"{ADMIN}/tenants/acme").status == 404


def first_login(herald: Herald, person: Person) -> str:
    """Log in with the password that Cognito wrote to somebody, choosing another; return their token."""
    emulator, cognito = Api(herald.stack.ministack.url), herald.stack.cloud.client("cognito-idp")

    def invitation() -> str | None:
        written = emulator.get("/_ministack/ses/messages")["messages"]
        bodies = (mail["BodyText"] for mails in written.values() for mail in mails if person.email in mail["To"])
        return next(bodies, None)

    text = eventually(invitation, "the invitation", IN_TIME)
    found = re.search(r"temporary password is ([\w!@#$%^&*]{12})", text)
    assert found is not None
    client = herald.stack.outputs.user_client_id
    login = {"USERNAME": person.email, "PASSWORD": found[1]}
    asked = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)
    chosen = cognito.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": person.email, "NEW_PASSWORD": PASSWORD},
    )
    token: str = chosen["AuthenticationResult"]["IdToken"]
    return token
