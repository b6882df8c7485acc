"""A vendor that is down for one tenant: its calls, the workers that made them, what these wrote about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from chalicelib.domain.breaker import Circuit, Phase
from infra.deployed import function_name
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.records import Record
from tests.e2e.conftest import VISIBILITY_SECONDS, Herald
from tests.e2e.tenants import Tenant

PAUSE = 10.0
"""Seconds for which the local stage leaves a provider alone (infra/stages.yaml)."""
AT_A_TIME = 5
"""Workers of e-mails (infra/lanes.yaml)."""
STARTED = "worker spawned for"
"""What MiniStack says of each process that it starts for a function."""
UNHURRIED = {"Timeout": 30}
SLOW = ("Dispatch", "DeliverEmail")
HURRIED = {"Timeout": 5}
"""As on the local stage (infra/stages.yaml)."""


@dataclass
class Outage:
    """SendGrid, which answers all mails of a tenant with 500 until it is mended."""

    herald: Herald
    tenant: Tenant
    started_before: int = 0

    def begin(self) -> None:
        """Let it fail."""
        self.started_before = started(self.herald)
        fault = Fault(vendor="sendgrid", kind=FaultKind.STATUS, status=500, contains=self.tenant.id)
        self.herald.stack.sandbox.fault(fault)

    def end(self) -> None:
        """Let it be well again, and with it all vendors."""
        self.herald.stack.sandbox.clear_faults()

    @property
    def workers(self) -> int:
        """At most how many processes may have worked since it began, each with breakers of its own."""
        return AT_A_TIME + started(self.herald) - self.started_before

    @property
    def calls(self) -> list[Record]:
        """All that it was sent for the tenant."""
        return list(self.herald.stack.sandbox.records("sendgrid", contains=self.tenant.id))

    @property
    def failed(self) -> list[Record]:
        """What it did not take."""
        return [call for call in self.calls if not call.accepted]

    @property
    def latest(self) -> Circuit | None:
        """What workers told each other of it last."""
        dynamodb, name = self.herald.stack.cloud.client("dynamodb"), self.herald.stack.outputs.table_name
        row = dynamodb.get_item(TableName=name, Key=_key(f"T#{self.tenant.id}", "BREAKER#sendgrid")).get("Item")
        return row and msgspec.json.decode(row["j"]["S"], type=Circuit)

    def tried_again(self, times: int) -> bool:
        """Tell whether it was tried out so often, and was still down."""
        latest = self.latest
        return latest is not None and latest.version > times

    def is_over(self) -> bool:
        """Tell whether it was found well."""
        latest = self.latest
        return latest is not None and latest.phase is Phase.CLOSED

    @property
    def told(self) -> list[Circuit]:
        """Every write of the row by which workers tell each other of it, by what the table's stream says."""
        rows = stream_of(self.herald, f"T#{self.tenant.id}", "BREAKER#sendgrid")
        return [msgspec.json.decode(row["j"]["S"], type=Circuit) for row in rows]


def stream_of(herald: Herald, pk: str, sk: str) -> list[dict[str, dict[str, str]]]:
    """Return what an item was after each of its writes, in order."""
    cloud = herald.stack.cloud
    table = cloud.client("dynamodb").describe_table(TableName=herald.stack.outputs.table_name)["Table"]
    stream, arn = cloud.client("dynamodbstreams"), table["LatestStreamArn"]
    [shard] = stream.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = stream.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    iterator, found = start["ShardIterator"], []
    while iterator:
        page = stream.get_records(ShardIterator=iterator)
        changes = [record["dynamodb"] for record in page["Records"]]
        found += [change["NewImage"] for change in changes if change["Keys"] == _key(pk, sk)]
        iterator = page.get("NextShardIterator") if page["Records"] else None
    return found


def _key(pk: str, sk: str) -> dict[str, dict[str, str]]:
    return {"PK": {"S": pk}, "SK": {"S": sk}}


def started(herald: Herald) -> int:
    """Return how many processes MiniStack has started so far for e-mails."""
    function = function_name("local", "DeliverEmail", herald.stack.cloud)
    return herald.stack.ministack.log.read_text(errors="replace").count(f"{STARTED} {function} ")


@contextmanager
def unhurried(herald: Herald) -> Iterator[None]:
    """Give workers half a minute until the end of the block: whoever has many at once to do on a small machine would
    be stopped by the local stage's five seconds over and over, which is not what is tried here.
    """
    _hurry(herald, UNHURRIED, visibility=40)
    try:
        yield
    finally:
        _hurry(herald, HURRIED, visibility=VISIBILITY_SECONDS)


def _hurry(herald: Herald, configuration: dict[str, int], visibility: int) -> None:
    cloud, outputs = herald.stack.cloud, herald.stack.outputs
    for function in SLOW:
        name = function_name("local", function, cloud)
        cloud.client("lambda").update_function_configuration(FunctionName=name, **configuration)
    for url in (outputs.dispatch_queue_url, outputs.lanes["email"].queue):
        cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(visibility)})
