"""Event sources in the hands of the bench: the same stream, queues and messages, but batches as large as it likes.

Lambda's own pollers are switched off meanwhile; how large their batches get depends on the emulator's speed.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from infra.cli.waiting import eventually
from infra.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodbstreams.client import DynamoDBStreamsClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_sqs.client import SQSClient

Record = Mapping[str, Any]

QUEUE_SECONDS: Final = 20


def switch_off(cloud: Cloud) -> int:
    """Have Lambda poll nothing any more; return how many queues it polled."""
    functions: LambdaClient = cloud.client("lambda")
    pages = functions.get_paginator("list_event_source_mappings").paginate()
    mappings = [mapping for page in pages for mapping in page["EventSourceMappings"]]
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    return sum(":sqs:" in mapping["EventSourceArn"] for mapping in mappings)


class Stream:
    """The table's stream, from now on."""

    def __init__(self, cloud: Cloud, table: str) -> None:
        self._client: DynamoDBStreamsClient = cloud.client("dynamodbstreams")
        tables: DynamoDBClient = cloud.client("dynamodb")
        arn = tables.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        shards = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._iterators = [
            self._client.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST")
            for shard in shards
        ]
        self._unread: list[Record] = []

    def take(self, wanted: Callable[[Record], bool], number: int) -> list[Record]:
        """Wait for `number` records that are wanted and return them; what is not wanted stays for later."""

        def found() -> list[Record] | None:
            self._unread += self._read()
            matching = [record for record in self._unread if wanted(record)]
            return matching if len(matching) >= number else None

        taken = eventually(found, f"{number} records of the stream", within=QUEUE_SECONDS)[:number]
        self._unread = [record for record in self._unread if record not in taken]
        return taken

    def _read(self) -> Iterator[Record]:
        for position, iterator in enumerate(self._iterators):
            answer = self._client.get_records(ShardIterator=iterator["ShardIterator"])
            self._iterators[position] = {**iterator, "ShardIterator": answer["NextShardIterator"]}
            yield from map(_as_lambda_gets_it, answer["Records"])


class Queue:
    """A queue, by URL."""

    def __init__(self, cloud: Cloud, url: str) -> None:
        self._client: SQSClient = cloud.client("sqs")
        self._url = url

    def take(self, number: int, within: float = QUEUE_SECONDS) -> list[Record]:
        """Wait for `number` messages, `within` so many seconds, take them out of the queue and return them as Lambda
        hands them out.
        """
        taken: list[Record] = []

        def enough() -> bool:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(10, number - len(taken)),
                MessageSystemAttributeNames=["All"],
            )
            for message in answer.get("Messages", ()):
                taken.append(_record_of(message))
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            return len(taken) == number

        eventually(enough, f"{number} messages", within)
        return taken


def invoke(cloud: Cloud, function: str, event: Mapping[str, Any]) -> Any:
    """Invoke a function with an event and return its answer; RuntimeError when it failed, or kept a message."""
    functions: LambdaClient = cloud.client("lambda")
    answer = functions.invoke(FunctionName=function, Payload=json.dumps(event))
    told = json.loads(answer["Payload"].read())
    if answer.get("FunctionError") or (isinstance(told, dict) and told.get("batchItemFailures")):
        raise RuntimeError(f"{function} failed: {told}")
    return told


def kind_of(record: Record) -> str:
    """Return the sort key of the row that a record tells of: `R` and `N` are the kinds that functions read."""
    key: str = record["dynamodb"]["Keys"]["SK"]["S"]
    return key


def _as_lambda_gets_it(record: Mapping[str, Any]) -> Record:
    told = record["dynamodb"]
    return {
        **record,
        "dynamodb": {**told, "ApproximateCreationDateTime": told["ApproximateCreationDateTime"].timestamp()},
    }


def _record_of(message: Mapping[str, Any]) -> Record:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "awsRegion": "us-east-1",
    }


def event_of(records: Sequence[Record]) -> dict[str, Any]:
    """Return the event that hands records to a function."""
    return {"Records": list(records)}
