"""The main job: a service sends, four channels deliver, everybody can see what became of it."""

from typing import Any

import pytest

from infra.local.sandbox.records import Record
from tests.e2e.conftest import Herald, Person, User

pytestmark = pytest.mark.stack

STATUS = "/api/v1/services/notifications/{id}/status"
INBOX = "/api/v1/users/me/notifications"
PHONE = "+14155550123"
CONTENT = {
    "subject": "Your order 42 is on its way",
    "body": "It arrives tomorrow.",
    "html": '<p onclick="steal()">It arrives <b>tomorrow</b>.</p><script>steal()</script>',
    "actionUrl": "https://shop.example.com/orders/42",
}


def told(herald: Herald, id: str) -> dict[str, Any]:
    """Return what the API says of each delivery, by channel, once they are settled."""
    herald.settled(id)
    deliveries = herald.orders.get(STATUS.format(id=id))["deliveries"]
    return {delivery["channel"]: delivery for delivery in deliveries}


def only_record(herald: Herald, vendor: str, contains: str) -> Record:
    """Return the one request that reached a vendor."""
    [record] = herald.stack.sandbox.records(vendor, contains=contains)
    return record


def test_one_send_is_delivered_on_four_channels_and_read_by_its_user(herald: Herald, user: User) -> None:
    tokens = [f"phone-{user.user_id}", f"tablet-{user.user_id}"]
    content = CONTENT | {"push": {"title": "On its way", "data": {"order": "42"}}, "body": f"Hello {user.user_id}"}

    id = herald.send(
        user,
        recipients=[user.as_recipient(phone=PHONE, deviceTokens=tokens)],
        channels=["in_app", "email", "SMS", "fcm"],
        type="order.shipped",
        metadata={"orderId": "42"},
        content=content,
    )
    deliveries = told(herald, id)

    statuses = {channel: delivery["status"] for channel, delivery in deliveries.items()}
    assert statuses == {"in_app": "delivered", "email": "sent", "sms": "sent", "push": "sent"}
    email = only_record(herald, "sendgrid", user.email)
    assert email.url == "https://api.sendgrid.com/v3/mail/send"
    assert email.body["personalizations"][0]["to"] == [{"email": user.email}]
    assert email.body["subject"] == content["subject"]
    sms = only_record(herald, "twilio", user.user_id)
    assert (sms.body["To"], sms.body["Body"]) == (PHONE, content["body"])
    pushed = herald.stack.sandbox.records("fcm", contains=user.user_id)
    messages = [record.body["message"] for record in pushed]
    assert sorted(message["token"] for message in messages) == tokens
    assert {message["notification"]["title"] for message in messages} == {"On its way"}
    assert all(message["data"]["order"] == "42" for message in messages)
    for channel, record in (("email", email), ("sms", sms)):
        [attempt] = deliveries[channel]["attempts"]
        assert (attempt["outcome"], attempt["vendorId"]) == ("accepted", record.vendor_id)
        assert deliveries[channel]["sentAt"]

    [item] = user.api.get(INBOX)["items"]
    assert (item["id"], item["status"], item["unread"], item["metadata"]) == (id, "sent", True, {"orderId": "42"})
    assert user.api.get(f"{INBOX}/unread-count") == {"unreadCount": 1}
    user.api.patch(f"{INBOX}/{id}/read")
    assert user.api.get(f"{INBOX}/unread-count") == {"unreadCount": 0}
    seen = herald.orders.get(f"/api/v1/services/notifications/{id}")
    assert (seen["status"], seen["sentBy"]) == ("read", f"service:{herald.stack.samples.services['orders']}")
    assert seen["readAt"]


def test_a_mail_by_smtp_says_all_that_was_sent_and_nothing_that_runs(herald: Herald, person: Person) -> None:
    subject = "Grüße aus Köln: 50 % auf Käse 🧀"

    id = herald.send(person, content=CONTENT | {"subject": subject}, provider={"email": "smtp"})
    delivery = told(herald, id)["email"]

    [mail] = herald.stack.sandbox.mails(contains=person.email)
    assert str(mail["Subject"]) == subject
    assert str(mail["From"]) == "Acme Store <hello@acme.example.com>"
    assert str(mail["To"]) == person.email
    assert mail["Message-ID"] == delivery["attempts"][0]["vendorId"]
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "It arrives tomorrow." in text.get_content()
    assert "<b>tomorrow</b>" in html.get_content()
    assert not any(word in mail.as_string() for word in ("script", "steal", "onclick"))
    assert (delivery["providers"], delivery["attempts"][0]["provider"]) == (["smtp", "sendgrid"], "smtp")
    assert herald.stack.sandbox.records("sendgrid", contains=person.email) == ()


def test_addresses_that_a_send_leaves_out_are_those_of_the_stored_recipient(herald: Herald, person: Person) -> None:
    path = f"/api/v1/services/recipients/customer/{person.user_id}"
    herald.orders.put(path, {"email": person.email, "phone": PHONE, "deviceTokens": [f"phone-{person.user_id}"]})

    id = herald.send(
        person,
        recipients=[{"userId": person.user_id}],
        channels=["email", "sms", "push"],
        content={"body": f"Hello {person.user_id}"},
    )

    assert {channel: delivery["status"] for channel, delivery in told(herald, id).items()} == {
        "email": "sent",
        "sms": "sent",
        "push": "sent",
    }
    assert only_record(herald, "twilio", person.user_id).body["To"] == PHONE
    assert herald.arrived(person) == 1


def test_a_dead_device_token_is_taken_off_the_stored_recipient(herald: Herald, person: Person) -> None:
    path = f"/api/v1/services/recipients/customer/{person.user_id}"
    dead, alive = f"dead-{person.user_id}", f"phone-{person.user_id}"
    herald.orders.put(path, {"deviceTokens": [dead, alive]})

    id = herald.send(person, recipients=[{"userId": person.user_id}], channels=["push"])

    assert told(herald, id)["push"]["status"] == "sent"
    assert herald.orders.get(path)["deviceTokens"] == [alive]


def test_a_long_text_message_tells_its_segments(herald: Herald, person: Person) -> None:
    body = f"{person.user_id} {'ä' * 70} {'ж' * 70}"

    id = herald.send(person, recipients=[person.as_recipient(phone=PHONE)], channels=["sms"], content={"body": body})

    assert told(herald, id)["sms"]["attempts"][0]["segments"] == 3  # UCS-2: 67 characters in each
    assert only_record(herald, "twilio", person.user_id).body["Body"] == body
