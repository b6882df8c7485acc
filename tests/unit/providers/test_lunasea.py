"""LunaSea: whose devices it reaches, and what it answers. The rest is shown by the contract suite."""

import pytest

from chalicelib.channels.base import PushMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.base import Timeouts
from chalicelib.providers.push.lunasea import LunaSea, LunaSeaSettings, address_of, body_of, judged
from tests.unit.providers.answers import answer


def push(*tokens: str, image: str | None = None) -> PushMessage:
    return PushMessage(reference="n1", tokens=tokens, title="T", body="B", image=image)


@pytest.mark.parametrize(
    ("token", "address"),
    [
        ("https://notify.lunasea.app/v1/custom/user/Ab1", "https://notify.lunasea.app/v1/custom/user/Ab1"),
        ("https://notify.lunasea.app/v1/custom/device/a:B_-1", "https://notify.lunasea.app/v1/custom/device/a:B_-1"),
        # What the app shows for another of its modules: the account is the same.
        ("https://notify.lunasea.app/v1/sonarr/user/Ab1", "https://notify.lunasea.app/v1/custom/user/Ab1"),
        ("https://notify.lunasea.app/v1/custom/group/1", None),
        ("https://notify.lunasea.app/v1/custom/user/1/../../x", None),
        ("https://notify.lunasea.app/v1/custom/user/1?x=1", None),
        ("https://notify.lunasea.app/v1/custom/user/", None),
        ("https://notify.lunasea.app.evil.example/v1/custom/user/1", None),
        ("http://notify.lunasea.app/v1/custom/user/1", None),
        ("cIm9cDkfQk2oLrZ1xWb_3-:APA91bHun4MxP5ego", None),
        ("/topics/news", None),
    ],
)
def test_a_device_is_one_of_lunaseas_by_the_address_that_the_app_shows(token: str, address: str | None) -> None:
    assert address_of(token) == address


def test_other_vendors_devices_are_left_to_those() -> None:
    result = LunaSea(LunaSeaSettings(), Timeouts()).send(push("cIm9cDkfQk2oLrZ1xWb_3-", "/topics/news"))
    assert result == Refused(kind=AttemptOutcome.MISCONFIGURED, code="no_lunasea_device")


def test_an_image_is_shown_where_there_is_one() -> None:
    assert body_of(push()) == {"title": "T", "body": "B"}
    assert body_of(push(image="https://a.example/i.png"))["image"] == "https://a.example/i.png"


@pytest.mark.parametrize(
    ("status", "text", "result"),
    [
        (200, '{"message": "OK"}', Accepted()),
        (200, "<html>", Unsure(code="unreadable_answer")),
        (404, '{"message": "Invalid User ID"}', Refused(kind=AttemptOutcome.PERMANENT, code="invalid_user_id")),
        (400, '{"message": "No Devices Found"}', Refused(kind=AttemptOutcome.PERMANENT, code="no_devices_found")),
        (400, '{"message": "Something new"}', Refused(kind=AttemptOutcome.PERMANENT, code="http_400")),
        (500, '{"message": "Internal Server Error"}', Refused(kind=AttemptOutcome.RETRIABLE, code="http_500")),
        (404, "<pre>Cannot POST</pre>", Unsure(code="http_404")),
    ],
)
def test_what_an_answer_means(status: int, text: str, result: ProviderResult) -> None:
    assert judged(answer(status, text)) == result
