"""Operations, as botocore's events name them, by what they do."""

from typing import Final

from tests.aws_semantics.dynamodb_requests import WRITES

TABLE_WRITES: Final = tuple(f"dynamodb.{operation}" for operation in WRITES)
SENDS: Final = ("sqs.SendMessage", "sqs.SendMessageBatch", "sns.Publish", "sns.PublishBatch")
EVENTS: Final = ("eventbridge.PutEvents",)
EFFECTS: Final = (*TABLE_WRITES, *SENDS, *EVENTS)
"""What changes something when it is called."""
