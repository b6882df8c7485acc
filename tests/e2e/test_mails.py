"""What goes with a mail: files of the tenant's, and links that tell when they are followed."""

import re
from html import unescape

import pytest

from infra.cli.api import direct_session
from infra.deployed import function_name
from tests.e2e.arrivals import told
from tests.e2e.conftest import SEND, Herald, Person
from tests.e2e.tenants import Tenant, new_tenant, smtp

pytestmark = pytest.mark.stack

TARGET = "https://shop.example.com/orders/42?from=mail&more=1"
FILE = b"%PDF-1.7 what was agreed"
IN_TIME = 30.0


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    return new_tenant(herald, smtp(herald), tracking={"clicks": True})


def test_a_file_of_the_tenants_goes_with_a_mail_and_nobody_elses_does(
    herald: Herald, tenant: Tenant, person: Person
) -> None:
    cloud, key = herald.stack.cloud, f"{tenant.id}/orders/42.pdf"
    cloud.client("s3").put_object(Bucket=function_name("local", "Files", cloud), Key=key, Body=FILE)
    file = {"key": key, "name": "Grüße.pdf", "type": "application/pdf"}
    content = {"subject": "Hello", "body": "See the file.", "email": {"attachments": [file]}}

    id = tenant.send(person, content=content)

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
    id = tenant.send(person, content=content)
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
