"""Sends that are wrong, over HTTP: what each gets told, with code and place, and that nothing of it is stored."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.store import access_patterns as keys
from tests.e2e.conftest import SEND, Herald, Person

pytestmark = pytest.mark.stack

CONTENT: dict[str, Any] = {"subject": "Hello", "body": "It is on its way."}
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()
Faults = dict[str, str]


def stored(herald: Herald, person: Person) -> list[Any]:
    """Return the rows of a person's notifications, looked up beside all that delays an index."""
    found = herald.stack.cloud.client("dynamodb").query(
        TableName=herald.stack.outputs.table_name,
        IndexName=keys.FEED,
        KeyConditionExpression="GSI1PK = :feed",
        ExpressionAttributeValues={
            ":feed": {"S": keys.feed(TenantId("acme"), UserType("customer"), UserId(person.user_id))}
        },
    )
    rows: list[Any] = found["Items"]
    return rows


def a_send(person: Person, **changes: Any) -> dict[str, Any]:
    """Return a send that is right but for the changes; what is changed to None is left out."""
    body = {"recipients": [person.as_recipient()], "channels": ["in_app"], "content": CONTENT} | changes
    return {name: value for name, value in body.items() if value is not None}


def recipient(**changes: Any) -> Any:
    """Return a change of the first recipient."""
    return lambda person: {"recipients": [person.as_recipient(**changes)]}


def content(**changes: Any) -> Any:
    """Return a change of the content."""
    return lambda _: {"content": CONTENT | changes}


def fields(**changes: Any) -> Any:
    """Return a change of other fields."""
    return lambda _: changes


MANY = [{"userId": f"u{number}"} for number in range(101)]
SENDS: dict[str, tuple[Any, Faults]] = {
    "neither template nor content": (fields(content=None), {"/content": "required"}),
    "both template and content": (
        fields(template={"key": "no-such-template"}),
        {"/content": "conflicting_fields", "/template": "conflicting_fields"},
    ),
    "a content that is a text": (fields(content="Hello"), {"/content": "wrong_type"}),
    "a body that is a number": (content(body=1), {"/content/body": "wrong_type"}),
    "an unknown field": (fields(colour="red"), {"/colour": "unknown_field"}),
    "an unknown field inside": (content(colour="red"), {"/content/colour": "unknown_field"}),
    "no recipients": (fields(recipients=[]), {"/recipients": "too_few"}),
    "recipients left out": (fields(recipients=None), {"/recipients": "required"}),
    "too many recipients": (fields(recipients=MANY), {"/recipients": "too_many"}),
    "a recipient that is a text": (fields(recipients=["u1"]), {"/recipients/0": "wrong_type"}),
    "a recipient without an id": (fields(recipients=[{}]), {"/recipients/0/userId": "required"}),
    "an id with a separator": (recipient(userId="u#1"), {"/recipients/0/userId": "malformed"}),
    "an e-mail address that is none": (recipient(email="nobody"), {"/recipients/0/email": "invalid_email"}),
    "an e-mail address with a header in it": (
        recipient(email="a@example.com\r\nBcc: b@example.com"),
        {"/recipients/0/email": "control_characters"},
    ),
    "a phone number that is none": (recipient(phone="call me"), {"/recipients/0/phone": "invalid_phone"}),
    "a phone number nobody can have": (recipient(phone="+1999"), {"/recipients/0/phone": "invalid_phone"}),
    "a subject with CR and LF": (
        content(subject="Hi\r\nBcc: b@example.com"),
        {"/content/subject": "control_characters"},
    ),
    "a subject with a bell": (content(subject="Hi\a"), {"/content/subject": "control_characters"}),
    "a subject with a line separator": (content(subject="Hi\u2028there"), {"/content/subject": "control_characters"}),
    "a body with a NUL": (content(body="Hi\0"), {"/content/body": "control_characters"}),
    "a link that runs": (content(actionUrl="javascript:alert(1)"), {"/content/actionUrl": "invalid_url"}),
    "an unknown channel": (fields(channels=["email", "fax"]), {"/channels/1": "unknown_channel"}),
    "an unknown provider": (fields(provider={"email": "nobody"}), {"/provider/email": "unknown_provider"}),
    "another tenant's provider": (fields(provider={"push": "smtp"}), {"/provider/push": "unknown_provider"}),
    "an unknown priority": (fields(priority="huge"), {"/priority": "not_one_of"}),
    "a date in the past": (fields(expiresAt=YESTERDAY), {"/expiresAt": "date_in_past"}),
    "a start in the past": (fields(sendAt=YESTERDAY), {"/sendAt": "date_in_past"}),
    "a date without a zone": (fields(expiresAt="2036-01-01T00:00:00"), {"/expiresAt": "time_zone_missing"}),
    "a date that is none": (fields(expiresAt="soon"), {"/expiresAt": "malformed"}),
    "a type with a line break": (fields(type="a\nb"), {"/type": "malformed"}),
    "metadata of megabytes": (fields(metadata={"a": "x" * 5_000}), {"/metadata": "too_long"}),
    "two faults at once": (
        fields(channels=["fax"], priority="huge"),
        {"/channels/0": "unknown_channel", "/priority": "not_one_of"},
    ),
}


@pytest.mark.parametrize(("changes", "faults"), SENDS.values(), ids=SENDS)
def test_a_send_that_breaks_a_rule(herald: Herald, person: Person, changes: Any, faults: Faults) -> None:
    answer = herald.orders.call("POST", SEND, a_send(person, **changes(person)))

    assert (answer.status, answer.body["code"]) == (422, "invalid_input")
    assert {fault["pointer"]: fault["code"] for fault in answer.body["faults"]} == faults
    assert stored(herald, person) == []


def test_a_template_does_not_exist(herald: Herald, person: Person) -> None:
    answer = herald.orders.call("POST", SEND, a_send(person, content=None, template={"key": "no-such-template"}))

    assert (answer.status, answer.body["code"]) == (422, "template_not_found")
    assert stored(herald, person) == []


def test_what_is_right_is_stored(herald: Herald, person: Person) -> None:
    assert herald.orders.call("POST", SEND, a_send(person)).status == 202
    assert len(stored(herald, person)) == 1
