import json
from pathlib import Path

import pytest

from chalicelib.api.send_body import SendBody
from chalicelib.domain.words import Channel
from infra.cli.commands.send import compose, read_send
from infra.cli.demo import sends
from infra.cli.errors import CommandError
from infra.cli.state import Samples, SampleUser

SAMPLES = Samples(users={"ann": SampleUser("sub-1", "customer", "ann@example.com", "acme")})


def test_options_make_a_send_that_the_api_understands() -> None:
    send = compose(SAMPLES, ["ann", "u-42"], ["email", "sms"], "Hello", "It works.", ["email=smtp"])
    assert send == {
        "recipients": [{"userId": "sub-1", "userType": "customer"}, {"userId": "u-42"}],
        "channels": ["email", "sms"],
        "content": {"subject": "Hello", "body": "It works."},
        "provider": {"email": "smtp"},
    }
    assert SendBody.model_validate_json(json.dumps(send)).channels == [Channel.EMAIL, Channel.SMS]


def test_what_was_not_said_is_left_to_the_api() -> None:
    send = compose(SAMPLES, ["ann"], None, None, "Hi", None)
    assert send == {"recipients": [{"userId": "sub-1", "userType": "customer"}], "content": {"body": "Hi"}}


def test_a_send_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "send.json"
    file.write_text('{"channel": "sms"}')
    assert read_send(file) == {"channel": "sms"}
    file.write_text("{")
    with pytest.raises(CommandError, match="holds no send"):
        read_send(file)


def test_a_file_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"^There is no file {tmp_path}/missing.json.$"):
        read_send(tmp_path / "missing.json")
    with pytest.raises(CommandError, match=f"^{tmp_path} cannot be read: Is a directory.$"):
        read_send(tmp_path)
    file = tmp_path / "send.json"
    file.write_bytes(b'"\xff"')
    with pytest.raises(CommandError, match="holds no send"):
        read_send(file)


def test_the_demo_tells_of_the_order_on_every_channel_in_sends_that_the_api_understands() -> None:
    told = [SendBody.model_validate_json(json.dumps(send)) for send in sends("A1B2C3", "sub-1")]
    channels = {channel for send in told for channel in send.channels or ()}
    assert channels == {Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.IN_APP}
    assert all("A1B2C3" in send.content.body for send in told if send.content)
    assert [send.template.data["orderId"] for send in told if send.template] == ["A1B2C3"]
    assert {send.provider.get(Channel.EMAIL) for send in told} >= {"smtp", "sendgrid"}
