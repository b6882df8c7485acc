"""A Lambda function to try the semantics on: it sends a message for each record, or the one it is asked to."""

import os
from typing import Any

import boto3


def handle(event: dict[str, Any], context: Any) -> int:
    """Send a message for each record of a batch; send one without its group when asked for it."""
    sqs = boto3.client("sqs")
    if event.get("forget"):
        sqs.send_message(QueueUrl=os.environ["SINK"], MessageBody="x")
    for record in event.get("Records", ()):
        sqs.send_message(QueueUrl=os.environ["SINK"], MessageBody=record["body"], MessageGroupId="acme")
    return len(event.get("Records", ()))
