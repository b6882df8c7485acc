"""Whether what a send needs can be reached: asked by `/health/ready`."""

from collections.abc import Callable, Mapping
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import client

UNREACHABLE: Final = (BotoCoreError, ClientError, OSError)


def reachable(checks: Mapping[str, Callable[[], object]]) -> dict[str, bool]:
    """Return for each check whether it went through."""
    return {name: _succeeds(check) for name, check in checks.items()}


def check_topic(arn: str) -> None:
    """Ask for the topic; raises one of `UNREACHABLE` when it does not answer."""
    client("sns").get_topic_attributes(TopicArn=arn)


def check_queues(*urls: str) -> None:
    """Ask for each queue; raises one of `UNREACHABLE` when one does not answer."""
    for url in urls:
        client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])


def _succeeds(check: Callable[[], object]) -> bool:
    try:
        check()
    except UNREACHABLE:
        return False
    return True
