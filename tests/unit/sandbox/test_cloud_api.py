import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Location, Media, MediaKind, WhatsappContent, WhatsappTemplate
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused, Unsure
from chalicelib.providers.base import Timeouts
from chalicelib.providers.cloud_api_messages import body_of
from chalicelib.providers.whatsapp.cloud_api import CloudApi as Provider
from chalicelib.providers.whatsapp.cloud_api import CloudApiSettings
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.vendors.cloud_api import CloudApi
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ID, ask, content_of

ACCOUNT = CloudApi.new_account()
NUMBER = f"https://graph.facebook.com/v25.0/{ACCOUNT['phoneNumberId']}"
A_FILE = "https://example.com/file"
MESSAGE = WhatsappMessage(reference="n1", to="+14155550100", text="Hello https://example.com")
TEXT: dict[str, Any] = {"messaging_product": "whatsapp", "to": "14155550100", "text": {"body": "Hi"}}


def saying(**content: Any) -> WhatsappMessage:
    return replace(MESSAGE, content=WhatsappContent(**content))


def post(body: Any, *, token: str = ACCOUNT["accessToken"], url: str = f"{NUMBER}/messages", **how: str) -> Answer:
    headers = {"content-type": how.get("type_", "application/json"), "authorization": f"Bearer {token}"}
    return ask(CloudApi({"cloud_api": ACCOUNT}), url, json.dumps(body).encode(), headers, how.get("method", "POST"))


def of(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": "14155550100", "type": kind, kind: content, **more}


def template(name: str, components: Any = (), code: str = "en") -> dict[str, Any]:
    return of("template", {"name": name, "language": {"code": code}, "components": components})


def settings(**changes: str) -> CloudApiSettings:
    return msgspec.convert(ACCOUNT | changes, CloudApiSettings)


def body_with(*parameters: Any) -> list[Any]:
    return [{"type": "body", "parameters": parameters}]


def test_a_message_is_taken_with_an_id_and_the_number_it_went_to() -> None:
    answer = post(TEXT)

    assert (answer.status, answer.vendor_id) == (200, f"wamid.HBgL{ID}")
    assert content_of(answer)["contacts"] == [{"input": "14155550100", "wa_id": "14155550100"}]
    assert content_of(answer)["messages"] == [{"id": answer.vendor_id}]


BAD: list[tuple[Any, int, int]] = [
    ({}, 100, 400),
    ([], 100, 400),
    (TEXT | {"messaging_product": "telegram"}, 100, 400),
    (TEXT | {"color": "red"}, 100, 400),
    (TEXT | {"to": "+14155550100"}, 131009, 400),
    (TEXT | {"to": "Ann"}, 131009, 400),
    (TEXT | {"text": {"body": ""}}, 100, 400),
    (TEXT | {"text": {"body": "x" * 4_097}}, 100, 400),
    (TEXT | {"text": {"text": "Hi"}}, 100, 400),
    (TEXT | {"type": "image"}, 131008, 400),
    (TEXT | {"biz_opaque_callback_data": "x" * 513}, 100, 400),
    (TEXT | {"to": "14155550126"}, 131026, 400),
    (TEXT | {"to": "14155550147"}, 131047, 400),
    (of("image", {"link": "http://example.com/a.png"}), 100, 400),
    (of("image", {"link": A_FILE, "id": "1"}), 100, 400),
    (of("image", {}), 100, 400),
    (of("image", {"link": A_FILE, "caption": "x" * 1_025}), 100, 400),
    (of("image", {"link": A_FILE, "filename": "a.png"}), 100, 400),
    (of("audio", {"link": A_FILE, "caption": "Hear"}), 100, 400),
    (of("sticker", {"link": A_FILE, "caption": "See"}), 100, 400),
    (of("image", {"link": "https://missing.example.com/a.png"}), 131053, 400),
    (of("location", {"latitude": 91, "longitude": 0}), 131009, 400),
    (of("location", {"latitude": 0, "longitude": "-180.5"}), 131009, 400),
    (of("location", {"latitude": "north", "longitude": 0}), 131009, 400),
    (of("location", {"latitude": 0}), 100, 400),
    (of("contacts", []), 100, 400),
    (of("contacts", [{"name": {"formatted_name": "Bo"}}]), 131009, 400),
    (of("contacts", [{"name": {"first_name": "Bo"}}]), 100, 400),
    (template("nothing"), 132001, 404),
    (template("hello_world"), 132001, 404),
    (template("paused_offer"), 132015, 400),
    (template("order_shipped"), 132000, 400),
    (template("order_shipped", body_with({"type": "text", "text": "1"})), 132000, 400),
    (template("order_shipped", body_with({"type": "text"}, {"type": "text", "text": "1"})), 132012, 400),
    (template("hello_world", [{"type": "button"}], "en_US"), 131008, 400),
    (template("hello_world", [{"type": "footer"}], "en_US"), 100, 400),
]


@pytest.mark.parametrize(("body", "code", "status"), BAD)
def test_a_bad_message_is_refused_with_metas_code(body: Any, code: int, status: int) -> None:
    answer = post(body)

    assert (answer.status, content_of(answer)["error"]["code"]) == (status, code)
    assert answer.vendor_id is None


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"token": "EAAwrong"}, 190),
        ({"url": "https://graph.facebook.com/v25.0/1234567890/messages"}, 100),
        ({"url": "https://graph.facebook.com/v25.0/me"}, 2500),
        ({"method": "PUT"}, 100),
        ({"type_": "text/plain"}, 100),
    ],
)
def test_a_request_that_is_none_is_refused(how: dict[str, str], code: int) -> None:
    assert content_of(post(TEXT, **how))["error"]["code"] == code


CARD = {"name": {"formatted_name": "Bo B.", "first_name": "Bo"}, "phones": [{"phone": "+14155550101"}]}
TAKEN = [
    MESSAGE,
    saying(preview_url=True),
    saying(template=WhatsappTemplate(name="hello_world", language="en_US")),
    saying(
        template=WhatsappTemplate(
            name="order_shipped",
            language="es",
            components=({"type": "body", "parameters": [{"type": "text", "text": text} for text in ("42", "UPS")]},),
        )
    ),
    *(saying(media=Media(kind=kind, link=A_FILE, caption="Look", name="a.pdf")) for kind in MediaKind),
    saying(location=Location(latitude=0.00001, longitude=-122.1615358, name="Shop", address="1 Main St")),
    saying(contacts=(CARD,)),
]


@pytest.fixture
def number(sandbox: Sandbox) -> Provider:
    """The number of the sandbox's account."""
    return Provider(settings(**sandbox.accounts["cloud_api"]), Timeouts(connect=20, read=20))


@pytest.mark.parametrize("message", TAKEN, ids=lambda message: body_of(message)["type"])
def test_the_sandbox_takes_every_kind(number: Provider, sandbox: Sandbox, message: WhatsappMessage) -> None:
    result = number.send(message)

    (record,) = sandbox.records("cloud_api")
    assert result == Accepted(vendor_id=record.vendor_id), record.answer


def test_a_template_reaches_a_customer_whose_window_is_closed(number: Provider) -> None:
    closed = "+14155550147"
    template = saying(template=WhatsappTemplate(name="hello_world", language="en_US"))

    assert isinstance(number.send(replace(template, to=closed)), Accepted)
    assert number.send(replace(MESSAGE, to=closed)) == Refused(
        kind=AttemptOutcome.PERMANENT, code="session_window_closed"
    )


def test_a_probe_looks_at_the_number_and_sends_nothing(number: Provider, sandbox: Sandbox) -> None:
    assert number.probe() == Accepted()

    (record,) = sandbox.records("cloud_api")
    assert (record.method, record.accepted) == ("GET", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"accessToken": "EAAwrong"}, "190"), ({"phoneNumberId": "12345"}, "unknown_phone_number_id")],
)
def test_a_probe_finds_wrong_settings_and_so_does_a_message(
    sandbox: Sandbox, change: dict[str, str], code: str
) -> None:
    wrong = Provider(settings(**sandbox.accounts["cloud_api"] | change), Timeouts(connect=20, read=20))

    refused = Refused(kind=AttemptOutcome.MISCONFIGURED, code=code)
    assert wrong.probe() == refused
    assert wrong.send(MESSAGE) == refused


def test_a_probe_that_nobody_can_read_or_answer_says_so(number: Provider, sandbox: Sandbox) -> None:
    for kind in (FaultKind.MALFORMED, FaultKind.DROPPED):
        sandbox.fault(Fault(vendor="cloud_api", kind=kind, times=1))
        assert isinstance(number.probe(), Unsure)
