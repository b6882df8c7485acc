"""Which provider is asked, and what becomes of a delivery whose providers cannot do their work."""

import json
from typing import Any

import pytest

from infra.cli.api import Api
from infra.cli.waiting import eventually
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import Tenant, new_tenant, sendgrid, smtp

pytestmark = pytest.mark.stack

BROKEN = {"credentials": {"apiKey": "SG.nobody.knows-this-key"}}
PHONE = "+14155550124"


def messages_in(herald: Herald, channel: str) -> int:
    """Return how many messages a lane holds, seen and unseen."""
    counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    url = herald.stack.outputs.lanes[channel].queue
    told = herald.stack.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(counts))
    return sum(int(told["Attributes"][count]) for count in counts)


def test_a_provider_with_wrong_credentials_fails_with_its_reason_and_is_not_asked_again(
    herald: Herald, person: Person
) -> None:
    tenant = new_tenant(herald, sendgrid(herald, **BROKEN))

    [delivery] = tenant.settled(tenant.send(person)).deliveries

    assert (delivery.status, delivery.error, delivery.attempts) == ("failed", "provider_misconfigured", 1)
    assert len(herald.stack.sandbox.records("sendgrid", contains=person.email)) == 1
    eventually(lambda: messages_in(herald, "email") == 0, "the lane to be empty", within=30)


def test_with_wrong_credentials_the_next_provider_delivers_at_once(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald, sendgrid(herald, priority=1, **BROKEN), smtp(herald, priority=2))

    [delivery] = tenant.settled(tenant.send(person)).deliveries

    assert (delivery.status, delivery.provider, delivery.attempts) == ("sent", "smtp", 2)
    assert len(herald.stack.sandbox.mails(contains=person.email)) == 1


def test_credentials_that_cannot_be_opened_fail_with_their_reason(herald: Herald, person: Person) -> None:
    # Given a provider whose sealed credentials are another tenant's: KMS opens them for that one only
    tenant, other = new_tenant(herald, sendgrid(herald)), new_tenant(herald, sendgrid(herald))
    table: Any = herald.stack.cloud.client("dynamodb")
    name = herald.stack.outputs.table_name
    key = {"PK": {"S": f"T#{tenant.id}"}, "SK": {"S": "PROVIDER#sendgrid"}}
    foreign = table.get_item(TableName=name, Key=key | {"PK": {"S": f"T#{other.id}"}})["Item"]
    table.put_item(TableName=name, Item=foreign | key)

    # When something is sent by it
    [delivery] = tenant.settled(tenant.send(person)).deliveries

    # Then it fails once, and no vendor hears of it
    assert (delivery.status, delivery.error, delivery.attempts) == ("failed", "provider_misconfigured", 1)
    assert delivery.code == "credentials_unreadable"
    assert herald.stack.sandbox.records("sendgrid", contains=person.email) == ()


def test_a_disabled_provider_is_passed_over(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald, sendgrid(herald, priority=1), smtp(herald, priority=2))
    tenant.admin.patch("/api/v1/admin/providers/sendgrid", {"enabled": False})

    id = tenant.send(person)

    [delivery] = tenant.settled(id).deliveries
    assert (delivery.provider, delivery.attempts) == ("smtp", 1)


def test_ses_and_sns_deliver_for_a_tenant_by_the_workers_roles(herald: Herald, person: Person) -> None:
    mail = {"id": "mail", "channel": "email", "vendor": "ses"}
    text = {"id": "text", "channel": "sms", "vendor": "sns"}
    tenant = new_tenant(herald, mail, text)

    assert sent_by(herald, tenant, person) == {"email": "mail", "sms": "text"}


def test_a_tenant_without_providers_gets_the_stages_own(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald)

    assert sent_by(herald, tenant, person) == {"email": "env:ses", "sms": "env:sns"}


def sent_by(herald: Herald, tenant: Tenant, person: Person) -> dict[str, str]:
    """Send a mail and a text, see them at SES and SNS; return who sent them, by channel."""
    herald.stack.cloud.client("sesv2").create_email_identity(EmailIdentity=f"{tenant.id}.example.com")

    id = tenant.send(person, recipients=[person.as_recipient(phone=PHONE)], channels=["email", "sms"])
    deliveries = tenant.settled(id).deliveries

    assert [(delivery.status, delivery.code) for delivery in deliveries] == [("sent", None)] * 2
    emulator = Api(herald.stack.ministack.url)
    mails, texts = (emulator.get(f"/_ministack/{path}") for path in ("ses/messages", "sns/sms-messages"))
    assert person.email in json.dumps(mails)
    assert f"Hello {person.user_id}" in json.dumps(texts)
    return {delivery.channel: delivery.provider for delivery in deliveries}
