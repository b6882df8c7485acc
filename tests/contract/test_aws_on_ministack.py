"""SES and SNS once more, by MiniStack: what the local stack delivers with."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.provider import Accepted
from infra.local.ministack import MiniStack, find_free_port
from tests.contract.case import Case
from tests.contract.cases.ses import SesCase
from tests.contract.cases.sns import SnsCase
from tests.contract.conftest import StartWorker
from tests.contract.messages import AN_EMAIL, AN_SMS

ENVIRONMENT = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    stack = MiniStack(find_free_port(), tmp_path_factory.mktemp("ministack") / "run")
    stack.start()
    yield stack
    stack.stop()


def seen(stack: MiniStack, path: str) -> Any:
    with urllib.request.urlopen(f"{stack.url}{path}", timeout=5) as answer:
        return json.load(answer)


@pytest.mark.parametrize("case", [SesCase()], ids=["ses"])
def test_ses_takes_an_email(case: Case, stack: MiniStack, start_worker: StartWorker) -> None:
    stack.cloud.client("sesv2").create_email_identity(EmailIdentity="shop@example.com")
    worker = start_worker(ENVIRONMENT | {"AWS_ENDPOINT_URL": stack.url})

    result = worker.send()

    assert isinstance(result, Accepted)
    assert AN_EMAIL.to in json.dumps(seen(stack, "/_ministack/ses/messages"))


@pytest.mark.parametrize("case", [SnsCase()], ids=["sns"])
def test_sns_takes_a_text_message(case: Case, stack: MiniStack, start_worker: StartWorker) -> None:
    worker = start_worker(ENVIRONMENT | {"AWS_ENDPOINT_URL": stack.url})

    result = worker.send()

    assert isinstance(result, Accepted)
    assert AN_SMS.to in json.dumps(seen(stack, "/_ministack/sns/sms-messages"))
