"""Sending over HTTP: every form a send may have, and every fault that refuses it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.domain.content import Attachment
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import TenantSettings, TenantStatus
from chalicelib.domain.words import Channel, Priority, Role, Scope, Strategy
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import GLOBEX, a_service, a_user
from tests.fakes import ManualClock
from tests.twin import TwinTenants
from tests.world import World

SEND = "/api/v1/services/notifications/send"
ADMIN_SEND = "/api/v1/admin/notifications/send"
SENDER = a_service(Scope.SEND)
ANN: dict[str, Any] = {"userId": "u1", "userType": "customer", "email": "ann@example.com", "phone": "+14155550100"}
CONTENT: dict[str, Any] = {"subject": "Hello", "body": "It is on its way."}
IN_A_MONTH = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
IN_361_DAYS = IN_A_MONTH + timedelta(days=331)
PDF: dict[str, Any] = {"key": "acme/invoices/42.pdf", "name": "Invoice 42.pdf", "type": "application/pdf"}
LONG: dict[str, Any] = {"recipients": [ANN], "content": CONTENT}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def send(api: Api, body: Any, **headers: str) -> Response:
    return api.call(
        "POST", SEND, SENDER, body, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def stored(api: Api) -> list[NotificationRequest]:
    return list(api.world.rows.requests.values())


def test_a_send_is_accepted_with_an_id_for_each_recipient(api: Api) -> None:
    body = {
        "recipients": [ANN, {"userId": "u2"}],
        "channels": ["in_app", "email", "sms"],
        "type": "order.confirmed",
        "content": CONTENT | {"actionUrl": "https://example.com/42", "push": {"title": "Hi", "ttl": 60}},
        "category": "transactional",
        "priority": "medium",
        "strategy": "escalation",
        "expiresAt": IN_A_MONTH.astimezone(timezone(timedelta(hours=1))).isoformat(),
        "cancellationKey": "order-42",
        "provider": {"email": "second"},
        "metadata": {"orderId": "42"},
    }
    response = send(api, body)

    assert response.status == 202, response.text
    assert set(response.json) == {"requestId", "recipientCount", "notifications"}
    assert response.json["recipientCount"] == 2
    one, other = stored(api)
    assert response.json["notifications"] == [
        {"id": one.id, "recipient": {"userType": "customer", "userId": "u1"}, "status": "accepted"},
        {"id": other.id, "recipient": {"userType": "customer", "userId": "u2"}, "status": "accepted"},
    ]
    assert (one.tenant, one.sent_by, one.request_id) == (ACME, "service:orders", response.json["requestId"])
    assert (one.recipient.email, one.recipient.phone) == ("ann@example.com", "+14155550100")
    assert one.channels == (Channel.IN_APP, Channel.EMAIL, Channel.SMS)
    assert (one.type, one.category, one.strategy) == ("order.confirmed", "transactional", Strategy.ESCALATION)
    assert (one.content.subject, one.content.body) == ("Hello", "It is on its way.")
    assert (one.content.action_url, one.content.push.title, one.content.push.ttl) == (
        "https://example.com/42",
        "Hi",
        60,
    )
    assert (one.expires_at, one.cancellation_key) == (IN_A_MONTH.timestamp() * 1_000, "order-42")
    assert one.providers == {Channel.EMAIL: ProviderId("second")}
    assert one.metadata == {"orderId": "42"}


def test_a_send_may_leave_most_things_open(api: Api) -> None:
    assert send(api, LONG).status == 202

    (request,) = stored(api)
    assert (request.priority, request.category, request.strategy) == (Priority.MEDIUM, "transactional", None)
    assert (request.channels, request.providers, request.metadata) == ((), {}, {})


def test_a_send_may_be_for_later_and_name_its_policy(api: Api) -> None:
    assert send(api, {**LONG, "sendAt": IN_A_MONTH.isoformat(), "escalation": {"policy": "default"}}).status == 202
    assert send(api, {**LONG, "sendAtLocal": "09:30"}).status == 202

    on_time, local = stored(api)
    assert (on_time.send_at, on_time.policy) == (IN_A_MONTH.timestamp() * 1_000, "default")
    assert on_time.strategy is Strategy.ESCALATION, "whoever names a policy asks for an escalation"
    assert (local.send_at_local, local.strategy) == (570, None)


SHORT_FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one recipient, one channel": (
        {"recipientUserId": "u1", "recipientUserType": "driver", "channel": "email", "subject": "Hi", "body": "Yes"},
        {"users": ["driver/u1"], "channels": (Channel.EMAIL,), "subject": "Hi", "body": "Yes"},
    ),
    "ids and a message": (
        {
            "recipientIds": ["u1", "u2"],
            "message": "Yes",
            "type": "EVENT_APPROVAL",
            "channels": ["push"],
            "deliveryStrategy": "Broadcast",
            "notificationPriority": "HIGH",
        },
        {
            "users": ["customer/u1", "customer/u2"],
            "channels": (Channel.PUSH,),
            "body": "Yes",
            "strategy": Strategy.BROADCAST,
            "priority": Priority.HIGH,
        },
    ),
    "recipients by their ids": (
        {"recipients": {"userIds": ["u1", "u2"]}, "content": CONTENT},
        {"users": ["customer/u1", "customer/u2"], "subject": "Hello"},
    ),
    "aliases of channels, in any case, each once": (
        {**LONG, "channels": ["FCM", "DataBase", "push", " Email "]},
        {"users": ["customer/u1"], "channels": (Channel.PUSH, Channel.IN_APP, Channel.EMAIL)},
    ),
    "urgent": ({**LONG, "priority": "Urgent"}, {"users": ["customer/u1"], "priority": Priority.CRITICAL}),
}


@pytest.mark.parametrize(("body", "meant"), SHORT_FORMS.values(), ids=SHORT_FORMS)
def test_short_forms_mean_the_same(api: Api, body: dict[str, Any], meant: dict[str, Any]) -> None:
    response = send(api, body)

    assert response.status == 202, response.text
    requests = stored(api)
    assert [f"{request.recipient.user_type}/{request.recipient.user_id}" for request in requests] == meant.pop("users")
    for request in requests:
        seen: dict[str, Any] = {"subject": request.content.subject, "body": request.content.body}
        seen |= {"channels": request.channels, "strategy": request.strategy, "priority": request.priority}
        assert {name: seen[name] for name in meant} == meant


def deep(depth: int) -> dict[str, Any]:
    """Return an object nested so deep."""
    return {"a": deep(depth - 1)} if depth > 1 else {}


def recipient(**changes: Any) -> dict[str, Any]:
    return {**LONG, "recipients": [ANN, {**ANN, "userId": "u2", **changes}]}


def content(**changes: Any) -> dict[str, Any]:
    return {**LONG, "content": {**CONTENT, **changes}}


FAULTS: dict[str, tuple[Any, dict[str, str]]] = {
    "nothing": ({}, {"/recipients": "required", "/content": "required"}),
    "an unknown field": ({**LONG, "recipiant": "x"}, {"/recipiant": "unknown_field"}),
    "an unknown field inside": (content(bodies="x"), {"/content/bodies": "unknown_field"}),
    "a field by another name": ({**LONG, "expires_at": "2030-01-01T00:00:00Z"}, {"/expires_at": "unknown_field"}),
    "a wrong type": ({**LONG, "type": 1}, {"/type": "wrong_type"}),
    "no recipients": ({**LONG, "recipients": []}, {"/recipients": "too_few"}),
    "recipients that are null": ({**LONG, "recipients": None}, {"/recipients": "required"}),
    "recipients that are a text": ({**LONG, "recipients": "u1"}, {"/recipients": "wrong_type"}),
    "a recipient that is a text": ({**LONG, "recipients": ["u1"]}, {"/recipients/0": "wrong_type"}),
    "a recipient without an id": ({**LONG, "recipients": [{}]}, {"/recipients/0/userId": "required"}),
    "101 recipients": (
        {**LONG, "recipients": [{"userId": f"u{number}"} for number in range(101)]},
        {"/recipients": "too_many"},
    ),
    "101 ids": ({"recipientIds": [f"u{n}" for n in range(101)], "message": "x"}, {"/recipientIds": "too_many"}),
    "101 user ids": (
        {"recipients": {"userIds": [f"u{n}" for n in range(101)]}, "message": "x"},
        {"/recipients/userIds": "too_many"},
    ),
    "two ways to say whom": (
        {**LONG, "recipientIds": ["u1"]},
        {"/recipients": "conflicting_fields", "/recipientIds": "conflicting_fields"},
    ),
    "the same recipient twice": ({**LONG, "recipients": [ANN, ANN]}, {"/recipients/1": "duplicate_recipient"}),
    "an e-mail address that is none": (recipient(email="nobody"), {"/recipients/1/email": "invalid_email"}),
    "an e-mail address with a header": (
        recipient(email="a@b.io\r\nBcc: c@d.io"),
        {"/recipients/1/email": "control_characters"},
    ),
    "a phone number that is none": (recipient(phone="911"), {"/recipients/1/phone": "invalid_phone"}),
    "a phone number without a country": (recipient(phone="4155550100"), {"/recipients/1/phone": "invalid_phone"}),
    "a time zone that is none": (recipient(timeZone="Mars/Base"), {"/recipients/1/timeZone": "invalid_time_zone"}),
    "a time zone that is a path": (recipient(timeZone="../etc"), {"/recipients/1/timeZone": "invalid_time_zone"}),
    "a locale that is none": (recipient(locale="english"), {"/recipients/1/locale": "invalid_locale"}),
    "a user id with a separator": (recipient(userId="a#b"), {"/recipients/1/userId": "malformed"}),
    "a user type with a separator": (recipient(userType="a/b"), {"/recipients/1/userType": "malformed"}),
    "attributes nested too deeply": (
        recipient(attributes=deep(7)),
        {"/recipients/1/attributes": "nested_too_deeply"},
    ),
    "a template and a content": (
        {**LONG, "template": {"key": "x"}},
        {"/content": "conflicting_fields", "/template": "conflicting_fields"},
    ),
    "neither template nor content": ({"recipients": [ANN]}, {"/content": "required"}),
    "a subject beside the content": (
        {**LONG, "subject": "x"},
        {"/subject": "conflicting_fields", "/content": "conflicting_fields"},
    ),
    "a content without a body": ({**LONG, "content": {"subject": "x"}}, {"/content/body": "required"}),
    "an empty body": (content(body=""), {"/content/body": "too_short"}),
    "a subject with CR LF": (content(subject="a\r\nBcc: b"), {"/content/subject": "control_characters"}),
    "a subject with a bell": (content(subject="a\x07"), {"/content/subject": "control_characters"}),
    "a subject too long": (content(subject="x" * 256), {"/content/subject": "too_long"}),
    "a body with a NUL": (content(body="a\x00b"), {"/content/body": "control_characters"}),
    "a category with a line break": ({**LONG, "category": "a\nb"}, {"/category": "malformed"}),
    "a type with a line break": ({**LONG, "type": "a\n"}, {"/type": "malformed"}),
    "a cancellation key with a line break": (
        {**LONG, "cancellationKey": "a\nb"},
        {"/cancellationKey": "control_characters"},
    ),
    "a link without TLS": (content(actionUrl="http://example.com"), {"/content/actionUrl": "invalid_url"}),
    "a link that runs": (content(actionUrl="javascript:alert(1)"), {"/content/actionUrl": "invalid_url"}),
    "a link in disguise": (content(actionUrl="https://bank.com@evil.com/"), {"/content/actionUrl": "invalid_url"}),
    "a link that is none": (content(actionUrl="https://[::1"), {"/content/actionUrl": "invalid_url"}),
    "a link without a host": (content(actionUrl="https:///x"), {"/content/actionUrl": "invalid_url"}),
    "another tenant's file": (
        content(email={"attachments": [PDF | {"key": "globex/a.pdf"}]}),
        {"/content/email/attachments/0/key": "invalid_key"},
    ),
    "a file by a way around": (
        content(email={"attachments": [PDF, PDF | {"key": "acme/../globex/a.pdf"}]}),
        {"/content/email/attachments/1/key": "invalid_key"},
    ),
    "a file whose name is a path": (
        content(email={"attachments": [PDF | {"name": "../a.pdf"}]}),
        {"/content/email/attachments/0/name": "invalid_name"},
    ),
    "a file whose name has lines": (
        content(email={"attachments": [PDF | {"name": "a\r\nb.pdf"}]}),
        {"/content/email/attachments/0/name": "control_characters"},
    ),
    "a file whose name is too long": (
        content(email={"attachments": [PDF | {"name": "a" * 252 + ".pdf"}]}),
        {"/content/email/attachments/0/name": "too_long"},
    ),
    "a program": (
        content(email={"attachments": [PDF | {"name": "a.exe", "type": "application/x-msdownload"}]}),
        {"/content/email/attachments/0/type": "type_not_allowed"},
    ),
    "a program in disguise": (
        content(email={"attachments": [PDF | {"name": "a.exe"}]}),
        {"/content/email/attachments/0/name": "invalid_name"},
    ),
    "too many files": (
        content(email={"attachments": [PDF] * 11}),
        {"/content/email/attachments": "too_many"},
    ),
    "a file that says more": (
        content(email={"attachments": [PDF | {"url": "https://example.com/a.pdf"}]}),
        {"/content/email/attachments/0/url": "unknown_field"},
    ),
    "a file without a type": (
        content(email={"attachments": [{"key": "acme/a.pdf", "name": "a.pdf"}]}),
        {"/content/email/attachments/0/type": "required"},
    ),
    "an image without TLS": (
        content(push={"image": "http://example.com/a.png"}),
        {"/content/push/image": "invalid_url"},
    ),
    "a ttl of years": (content(push={"ttl": 10**9}), {"/content/push/ttl": "out_of_range"}),
    "data that is no text": (content(push={"data": {"a": 1}}), {"/content/push/data/a": "wrong_type"}),
    "HTML that grows too long": (content(html="&" * 60_000), {"/content/html": "too_long"}),
    "HTML whose readers repeat it": (content(html="<i>" * 1_000 + "<p>x" * 1_000), {"/content/html": "too_large"}),
    "an unknown channel": ({**LONG, "channels": ["email", "fax"]}, {"/channels/1": "unknown_channel"}),
    "no channels": ({**LONG, "channels": []}, {"/channels": "too_few"}),
    "channel and channels": (
        {**LONG, "channel": "email", "channels": ["sms"]},
        {"/channel": "conflicting_fields", "/channels": "conflicting_fields"},
    ),
    "an unknown priority": ({**LONG, "priority": "huge"}, {"/priority": "not_one_of"}),
    "an unknown strategy": ({**LONG, "strategy": "later"}, {"/strategy": "not_one_of"}),
    "a provider of an unknown channel": ({**LONG, "provider": {"fax": "x"}}, {"/provider/fax": "unknown_channel"}),
    "an unknown provider": ({**LONG, "provider": {"email": "nope"}}, {"/provider/email": "unknown_provider"}),
    "a provider of another channel": ({**LONG, "provider": {"sms": "first"}}, {"/provider/sms": "unknown_provider"}),
    "a provider that is an object": ({**LONG, "provider": {"sms": {}}}, {"/provider/sms": "wrong_type"}),
    "an expiry in the past": ({**LONG, "expiresAt": "2020-01-01T00:00:00Z"}, {"/expiresAt": "date_in_past"}),
    "an expiry too far away": ({**LONG, "expiresAt": "9999-12-31T23:59:59-23:00"}, {"/expiresAt": "date_too_far"}),
    "an expiry without a zone": ({**LONG, "expiresAt": "2030-01-01T00:00:00"}, {"/expiresAt": "time_zone_missing"}),
    "an expiry that is a number": ({**LONG, "expiresAt": 1_900_000_000}, {"/expiresAt": "wrong_type"}),
    "an expiry that is no time": ({**LONG, "expiresAt": "tomorrow"}, {"/expiresAt": "malformed"}),
    "a time to send in the past": ({**LONG, "sendAt": "2020-01-01T00:00:00Z"}, {"/sendAt": "date_in_past"}),
    "a time to send too far away": ({**LONG, "sendAt": IN_361_DAYS.isoformat()}, {"/sendAt": "date_too_far"}),
    "two times to send": (
        {**LONG, "sendAt": IN_A_MONTH.isoformat(), "sendAtLocal": "09:00"},
        {"/sendAt": "conflicting_fields", "/sendAtLocal": "conflicting_fields"},
    ),
    "a time to send that comes after the expiry": (
        {**LONG, "sendAt": IN_A_MONTH.isoformat(), "expiresAt": IN_A_MONTH.isoformat()},
        {"/expiresAt": "expires_before_sent"},
    ),
    "a time no clock shows": ({**LONG, "sendAtLocal": "24:00"}, {"/sendAtLocal": "malformed"}),
    "a local time that is a number": ({**LONG, "sendAtLocal": 9}, {"/sendAtLocal": "wrong_type"}),
    "an unknown policy": ({**LONG, "escalation": {"policy": "nope"}}, {"/escalation/policy": "unknown_policy"}),
    "an escalation without a policy": ({**LONG, "escalation": {}}, {"/escalation/policy": "required"}),
    "an escalating broadcast": (
        {**LONG, "strategy": "broadcast", "escalation": {"policy": "default"}},
        {"/escalation": "conflicting_fields"},
    ),
    "a topic": ({"topic": "news", "content": CONTENT}, {"/topic": "not_available"}),
    "an audience": ({"audience": {"roles": ["x"]}, "content": CONTENT}, {"/audience": "not_available"}),
    "metadata too long": ({**LONG, "metadata": {"a": "x" * 5_000}}, {"/metadata": "too_long"}),
    "metadata too deep": ({**LONG, "metadata": deep(7)}, {"/metadata": "nested_too_deeply"}),
    "metadata with a number nobody reads alike": ({**LONG, "metadata": {"a": 2**70}}, {"/metadata": "out_of_range"}),
    "metadata with a number of 400 digits": ({**LONG, "metadata": {"a": 10**400}}, {"/metadata": "out_of_range"}),
    "metadata that is a list": ({**LONG, "metadata": []}, {"/metadata": "wrong_type"}),
}


@pytest.mark.parametrize(("body", "faults"), FAULTS.values(), ids=FAULTS)
def test_a_send_that_breaks_a_rule_is_refused_with_its_place_and_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch, body: Any, faults: dict[str, str]
) -> None:
    api = in_memory_api(monkeypatch, World(clock=ManualClock()))
    response = send(api, body, idempotency_key="k")

    assert response.status == 422, response.text
    assert response.json["code"] == "invalid_input"
    assert response.faults == faults
    assert not api.world.rows.requests
    assert not api.world.rows.records


def test_html_is_made_harmless(api: Api) -> None:
    assert send(api, content(html='<p onclick="x()">Hi<script>alert(1)</script></p>')).status == 202
    assert stored(api)[0].content.html == "<p>Hi</p>"


def test_links_may_have_schemes_that_the_tenant_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_tenant(settings=TenantSettings(url_schemes=("https", "shop")))
    api = in_memory_api(monkeypatch, World(tenant=shop))

    assert send(api, content(actionUrl="shop://orders/42")).status == 202
    assert send(api, content(actionUrl="bank://orders/42")).faults == {"/content/actionUrl": "invalid_url"}


def test_the_same_key_and_body_give_the_first_answer_again(api: Api) -> None:
    first = send(api, LONG, idempotency_key="order-42")
    again = send(api, {"content": CONTENT, "recipients": [ANN]}, idempotency_key='"order-42"')

    assert (first.status, again.status) == (202, 202)
    assert again.json == first.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(stored(api)) == 1


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    send(api, LONG, idempotency_key="order-42")
    response = send(api, content(body="Something else"), idempotency_key="order-42")

    assert (response.status, response.json["code"]) == (422, "idempotency_mismatch")
    assert len(stored(api)) == 1


def test_a_key_counts_for_one_route_and_one_tenant(api: Api) -> None:
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    headers = {"idempotency-key": "order-42"}
    for path, caller in (
        (SEND, SENDER),
        (ADMIN_SEND, a_user(Role.MANAGER)),
        (SEND, a_service(Scope.SEND, tenants=(GLOBEX,))),
    ):
        response = api.call("POST", path, caller, LONG, headers=headers)
        assert (response.status, response.headers.get("Idempotency-Replayed")) == (202, None)
    assert len(stored(api)) == 3


def test_without_a_key_each_send_is_one_of_its_own(api: Api) -> None:
    assert send(api, LONG).json["requestId"] != send(api, LONG).json["requestId"]
    assert len(stored(api)) == 2


def test_who_sent_it_is_recorded(api: Api) -> None:
    api.call("POST", ADMIN_SEND, a_user(Role.ADMIN, user_id="boss"), LONG)
    assert stored(api)[0].sent_by == "user:customer/boss"


def test_a_tenant_that_is_suspended_does_not_send(monkeypatch: pytest.MonkeyPatch) -> None:
    api = in_memory_api(monkeypatch, World(tenant=a_tenant(status=TenantStatus.SUSPENDED)))
    response = send(api, LONG)

    assert (response.status, response.json["code"]) == (403, "tenant_suspended")
    assert not stored(api)


def test_a_tenant_that_does_not_exist_does_not_send(api: Api) -> None:
    response = api.call("POST", SEND, a_service(Scope.SEND, tenants=(GLOBEX,)), LONG)
    assert (response.status, response.json["code"]) == (404, "not_found")


def test_the_largest_send_is_taken(api: Api) -> None:
    people = [{"userId": f"u{number}"} for number in range(100)]
    assert send(api, {"recipients": people, "content": {"body": "x" * 100_000}}).status == 202
    assert len(stored(api)) == 100


@pytest.mark.parametrize("count", [0, 1, 10])
def test_files_go_along_by_their_keys(api: Api, count: int) -> None:
    response = send(api, content(email={"attachments": [PDF] * count}))

    assert response.status == 202, response.text
    (request,) = stored(api)
    assert request.content.email.attachments == (Attachment(**PDF),) * count
