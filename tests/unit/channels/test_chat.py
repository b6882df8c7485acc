import pytest

from chalicelib.channels.base import ChatMessage, UnshapeableError, address_fault
from chalicelib.channels.chat import shape
from chalicelib.domain.content import ChatContent, Content
from chalicelib.domain.words import Channel
from tests.build import ID, a_recipient, a_request, a_tenant

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Hi*"}}


def test_a_message_says_all_there_is_and_where_the_recipient_wants_it() -> None:
    content = Content(
        subject="Hello",
        body=" It is on its way.\n",
        action_url="https://a.example",
        chat=ChatContent(blocks=(SECTION,)),
    )
    recipient = a_recipient(chat_targets={"slack": "https://hooks.slack.com/services/T1/B1/x"})

    assert shape(a_request(content=content), recipient, a_tenant()) == ChatMessage(
        reference=ID,
        text="It is on its way.",
        title="Hello",
        link="https://a.example",
        blocks=(SECTION,),
        targets={"slack": "https://hooks.slack.com/services/T1/B1/x"},
    )


def test_who_has_no_target_is_reached_in_the_providers_room() -> None:
    nobody = a_recipient(email=None, phone=None, device_tokens=(), chat_targets={})
    assert address_fault(Channel.CHAT, nobody) is None
    assert shape(a_request(), nobody, a_tenant()).targets == {}


def test_blocks_do_without_no_text() -> None:
    with pytest.raises(UnshapeableError, match="empty_body"):
        shape(a_request(content=Content(body=" \n", chat=ChatContent(blocks=(SECTION,)))), a_recipient(), a_tenant())
