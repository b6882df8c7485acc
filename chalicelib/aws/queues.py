"""The topic and the queues between the steps (`services.ports.Queues`).

Every message is a few ids, but for stream records that are set aside; every one names its tenant as its message group,
which is what keeps one tenant's flood from starving the others (SQS fair queues).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.aws.batches import send_in_batches
from chalicelib.aws.clients import client
from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import Due
from chalicelib.domain.words import Channel
from chalicelib.services.messages import encode, encode_woken
from chalicelib.services.ports import NotificationRef, Publication
from chalicelib.settings import Lane

if TYPE_CHECKING:
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


@dataclass(frozen=True, slots=True)
class AwsQueues:
    """`services.ports.Queues` on SNS and SQS."""

    topic_arn: str
    dispatch_queue: str
    redrive_queue: str
    lanes: Mapping[Channel, Lane]

    def dispatch(self, refs: Sequence[NotificationRef]) -> list[NotificationRef]:
        """Ask for notifications to be decided."""
        return _put(self.dispatch_queue, refs)

    def wake(self, dues: Sequence[Due]) -> list[Due]:
        """Ask for what has come due to be looked at again."""
        return send_in_batches(
            dues,
            lambda due, id: _message(id, encode_woken(due), due.tenant),
            lambda entries: client("sqs").send_message_batch(QueueUrl=self.dispatch_queue, Entries=entries),
        )

    def publish(self, publications: Sequence[Publication]) -> list[NotificationRef]:
        """Publish notifications to the lanes of their channels: one message each, however many lanes.

        What is for one lane only needs no topic to spread it and goes there itself, ten in a request: the topic makes
        a request of each.
        """
        alone: dict[Channel, list[NotificationRef]] = defaultdict(list)
        for publication in publications:
            if len(publication.channels) == 1:
                alone[publication.channels[0]].append(publication.ref)
        refused = send_in_batches(
            [publication for publication in publications if len(publication.channels) > 1],
            _publication_entry,
            lambda entries: client("sns").publish_batch(TopicArn=self.topic_arn, PublishBatchRequestEntries=entries),
        )
        left = [_put(self.lanes[channel].queue, refs) for channel, refs in alone.items()]
        return [*(publication.ref for publication in refused), *chain.from_iterable(left)]

    def deliver_later(self, ref: NotificationRef, channel: Channel, delay: int, epoch: int = 0) -> None:
        """Put a delivery's message into its lane again."""
        client("sqs").send_message(
            QueueUrl=self.lanes[channel].queue,
            MessageBody=encode(ref, epoch),
            MessageGroupId=ref.tenant,
            DelaySeconds=delay,
        )

    def dead_letter(self, ref: NotificationRef, channel: Channel, epoch: int) -> None:
        """Put a delivery's message into its lane's dead-letter queue."""
        client("sqs").send_message(
            QueueUrl=self.lanes[channel].dlq, MessageBody=encode(ref, epoch), MessageGroupId=ref.tenant
        )

    def redrive(self, reader: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Set stream records aside that `reader` could not handle."""
        refused = send_in_batches(
            records,
            lambda record, id: _message(
                id, msgspec.json.encode({"reader": reader, "record": record}).decode(), _tenant_of(record)
            ),
            lambda entries: client("sqs").send_message_batch(QueueUrl=self.redrive_queue, Entries=entries),
        )
        if refused:
            raise OSError(f"the redrive queue did not take {len(refused)} records")


def _put(queue: str, refs: Sequence[NotificationRef]) -> list[NotificationRef]:
    return send_in_batches(
        refs,
        lambda ref, id: _message(id, encode(ref), ref.tenant),
        lambda entries: client("sqs").send_message_batch(QueueUrl=queue, Entries=entries),
    )


def _message(id: str, body: str, tenant: str) -> "SendMessageBatchRequestEntryTypeDef":
    return {"Id": id, "MessageBody": body, "MessageGroupId": tenant}


def _publication_entry(publication: Publication, id: str) -> "PublishBatchRequestEntryTypeDef":
    channels = msgspec.json.encode(publication.channels).decode()
    return {
        "Id": id,
        "Message": encode(publication.ref),
        "MessageGroupId": publication.ref.tenant,
        "MessageAttributes": {"channels": {"DataType": "String.Array", "StringValue": channels}},
    }


def _tenant_of(record: Mapping[str, Any]) -> str:
    """Return the tenant in a record's key, `T#<tenant>#…`; a record of another shape belongs to the platform."""
    key = record.get("dynamodb", {}).get("Keys", {}).get("PK", {}).get("S", "")
    parts = key.split("#")
    return parts[1] if len(parts) > 1 and parts[0] == "T" and parts[1] else TenantId.platform()
