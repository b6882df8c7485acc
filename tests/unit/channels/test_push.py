import pytest

from chalicelib.channels.base import PushMessage, UnshapeableError
from chalicelib.channels.push import BODY_LIMIT, LONGEST_TTL, PAYLOAD_LIMIT, TITLE_LIMIT, address_fault, shape
from chalicelib.domain.content import Content, PushContent
from chalicelib.domain.words import Priority, Reason
from tests.build import ID, a_recipient, a_request, a_tenant


def shaped(push: PushContent | None = None, **content: str) -> PushMessage:
    fields = {"body": "It is on its way."} | content
    request = a_request(content=Content(push=push or PushContent(), **fields))  # type: ignore[arg-type]
    return shape(request, a_recipient(), a_tenant())


@pytest.mark.parametrize(
    ("tokens", "fault"),
    [
        (("token-1",), None),
        (("dGhpcyBpcw:APA91bH_x-y.z", ""), None),
        (("/topics/news",), None),
        ((), Reason.MISSING_ADDRESS),
        (("",), Reason.INVALID_ADDRESS),
        (("a b", "a\nb", "ü", "x" * 4_097), Reason.INVALID_ADDRESS),
    ],
)
def test_one_token_that_could_be_one_is_enough(tokens: tuple[str, ...], fault: Reason | None) -> None:
    assert address_fault(a_recipient(device_tokens=tokens)) is fault


def test_the_message_goes_to_every_device_once() -> None:
    message = shape(a_request(), a_recipient(device_tokens=("one", "two", "", "one")), a_tenant())
    assert message.tokens == ("one", "two")


def test_the_app_learns_which_notification_it_is_and_where_to_go() -> None:
    push = PushContent(title="News", image="https://acme.example/i.png", data={"orderId": "42"}, ttl=60)
    assert shaped(push, action_url="https://acme.example/orders/42") == PushMessage(
        reference=ID,
        tokens=("token-1",),
        title="News",
        body="It is on its way.",
        data={"notificationId": ID, "actionUrl": "https://acme.example/orders/42", "orderId": "42"},
        image="https://acme.example/i.png",
        link="https://acme.example/orders/42",
        ttl=60,
    )


def test_how_urgent_it_is_and_whether_it_is_shown_is_told_to_the_vendor() -> None:
    request = a_request(content=Content(body="B", push=PushContent(data_only=True)), priority=Priority.CRITICAL)
    message = shape(request, a_recipient(), a_tenant())
    assert (message.priority, message.data_only) == (Priority.CRITICAL, True)
    assert (shaped().priority, shaped().data_only) == (Priority.MEDIUM, False)


def test_the_senders_own_data_wins() -> None:
    assert shaped(PushContent(data={"notificationId": "mine"})).data == {"notificationId": "mine"}


def test_the_title_is_the_pushs_then_the_subject_then_the_tenants_name() -> None:
    assert shaped(PushContent(title="News"), subject="Hello").title == "News"
    assert shaped(subject="Hello").title == "Hello"
    assert shaped().title == "Acme"


def test_what_no_device_shows_is_cut() -> None:
    message = shaped(subject="t" * 200, body="b" * 2_000)
    assert message.title == "t" * (TITLE_LIMIT - 1) + "…"
    assert message.body == "b" * (BODY_LIMIT - 1) + "…"


def test_a_payload_over_4_kb_is_refused_and_bytes_count() -> None:
    rest = PAYLOAD_LIMIT - len("Acme") - len("b") - len("notificationId" + ID) - len("k")
    assert shaped(PushContent(data={"k": "x" * rest}), body="b").data["k"]
    for too_much in ("x" * (rest + 1), "é" * rest):
        with pytest.raises(UnshapeableError, match="payload_too_large"):
            shaped(PushContent(data={"k": too_much}), body="b")


@pytest.mark.parametrize("ttl", [0, LONGEST_TTL])
def test_a_message_may_wait_for_up_to_four_weeks(ttl: int) -> None:
    assert shaped(PushContent(ttl=ttl)).ttl == ttl


@pytest.mark.parametrize("ttl", [-1, LONGEST_TTL + 1])
def test_and_no_longer(ttl: int) -> None:
    with pytest.raises(UnshapeableError, match="invalid_ttl"):
        shaped(PushContent(ttl=ttl))


def test_nothing_to_say_is_not_said() -> None:
    with pytest.raises(UnshapeableError, match="empty_body"):
        shaped(body=" ")


def test_nobody_to_say_it_to() -> None:
    with pytest.raises(UnshapeableError, match="invalid_address"):
        shape(a_request(), a_recipient(device_tokens=("",)), a_tenant())
