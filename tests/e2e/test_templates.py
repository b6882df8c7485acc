"""Templates on the deployed stack: seeded, changed, published, tried out, and said in the reader's language."""

import pytest

from infra.cli.api import Api
from tests.e2e.arrivals import becomes, in_a_while
from tests.e2e.conftest import SEND, Herald, Person, User
from tests.e2e.tenants import ADMIN, Tenant, new_tenant, smtp

pytestmark = pytest.mark.stack

TEMPLATES = f"{ADMIN}/templates"
INBOX = "/api/v1/users/me/notifications"
WELCOME = {"key": "welcome", "data": {"name": "Zoë <b>", "actionUrl": "https://example.com/start"}}
GREETING = {
    "key": "greeting",
    "name": "Greeting",
    "category": "marketing",
    "schema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    "sample": {"name": "Ann"},
    "localizations": {"en": {"email": {"subject": "Hello {{ name }}", "text": "Good day, {{ name }}."}}},
}


def mail_to(herald: Herald, person: Person) -> str:
    """Return the one mail that came for somebody, as text."""
    [mail] = herald.stack.sandbox.mails(contains=person.email)
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['Subject']}\n{body.get_content()}"


def send_from(tenant: Tenant, person: Person, template: object, **recipient: str) -> str:
    """Send an e-mail from a template; return the notification's id."""
    return tenant.send(person, content=None, template=template, recipients=[person.as_recipient(**recipient)])


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    return new_tenant(herald, smtp(herald))


@pytest.mark.parametrize(
    ("locale", "subject", "direction"),
    [("en", "Welcome to New, Zoë", "ltr"), ("fr-CA", "Bienvenue chez New", "ltr"), ("ar", "أهلًا بك في New", "rtl")],
)
def test_a_new_tenant_greets_everybody_in_their_language(
    herald: Herald, tenant: Tenant, person: Person, locale: str, subject: str, direction: str
) -> None:
    tenant.settled(send_from(tenant, person, WELCOME, locale=locale))

    [mail] = herald.stack.sandbox.mails(contains=person.email)
    html = mail.get_body(("html",))
    assert str(mail["Subject"]).startswith(subject)
    assert html is not None
    assert f'dir="{direction}"' in html.get_content()
    assert "Zoë &lt;b&gt;" in html.get_content()


def test_a_notification_keeps_the_version_it_was_accepted_with(herald: Herald, tenant: Tenant, person: Person) -> None:
    tenant.admin.post(TEMPLATES, GREETING)
    tenant.admin.post(f"{TEMPLATES}/greeting/publish", {"number": 1})
    template = {"key": "greeting", "data": {"name": "Ann"}}
    id = tenant.send(person, content=None, template=template, sendAt=in_a_while(6))
    tenant.admin.post(
        f"{TEMPLATES}/greeting/versions",
        {name: GREETING[name] for name in ("category", "schema", "sample")}
        | {"localizations": {"en": {"email": {"subject": "Hi", "text": "Hi, {{ name }}!"}}}},
    )
    tenant.admin.post(f"{TEMPLATES}/greeting/publish", {"number": 2})

    becomes(tenant, id, "email", "sent")

    assert "Good day, Ann." in mail_to(herald, person)
    assert tenant.service.get(f"/api/v1/services/notifications/{id}")["template"]["version"] == 1


def test_data_that_will_not_do_is_refused_with_its_place(tenant: Tenant, person: Person) -> None:
    body = {"recipients": [person.as_recipient()], "template": {"key": "welcome", "data": {"name": 7, "more": 1}}}

    answer = tenant.service.call("POST", SEND, body)

    assert answer.status == 422
    pointers = {fault["pointer"] for fault in answer.body["faults"]}
    assert "/template/data/name" in pointers
    assert any(pointer.startswith("/template/data") for pointer in pointers - {"/template/data/name"})


def test_the_inbox_speaks_its_owners_language(herald: Herald) -> None:
    tenant = new_tenant(herald, smtp(herald))
    user: User = herald.new_user(tenant.id)
    recipient = {"userId": user.user_id, "userType": "customer", "locale": "es"}
    body = {"recipients": [recipient], "channels": ["in_app"], "template": WELCOME}
    [sent] = tenant.service.post(SEND, body)["notifications"]
    tenant.settled(sent["id"])

    shown = user.api.get(f"{INBOX}/{sent['id']}")

    assert shown["subject"] == "Te damos la bienvenida, Zoë <b>"
    assert shown["actionUrl"] == "https://example.com/start"


def test_another_tenants_template_is_nobodys(herald: Herald, tenant: Tenant, person: Person) -> None:
    other = new_tenant(herald, smtp(herald))
    tenant.admin.call("POST", TEMPLATES, GREETING | {"key": "only-here"})

    foreign: Api = other.admin
    assert foreign.call("GET", f"{TEMPLATES}/only-here").status == 404
    assert foreign.call("POST", f"{TEMPLATES}/only-here/publish", {"number": 1}).status == 404
    answer = other.service.call(
        "POST", SEND, {"recipients": [person.as_recipient()], "template": {"key": "only-here", "data": {"name": "x"}}}
    )
    assert (answer.status, answer.body["code"]) == (422, "template_not_found")
