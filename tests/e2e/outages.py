"""A vendor that is down for one tenant: its calls, the workers that made them, what these wrote about it."""

from dataclasses import dataclass

import msgspec

from chalicelib.domain.breaker import Circuit, Phase
from infra.deployed import function_name
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.records import Record
from tests.e2e.conftest import Herald
from tests.e2e.tenants import Tenant

PAUSE = 10.0
"""Seconds for which the local stage leaves a provider alone (infra/stages.yaml)."""
STARTED = "worker spawned for"
"""What MiniStack says of each process that it starts for a function."""


@dataclass(frozen=True)
class Outage:
    """SendGrid, which answers all mails of a tenant with 500 until it is mended."""

    herald: Herald
    tenant: Tenant

    def begin(self) -> None:
        """Let it fail."""
        fault = Fault(vendor="sendgrid", kind=FaultKind.STATUS, status=500, contains=self.tenant.id)
        self.herald.stack.sandbox.fault(fault)

    def end(self) -> None:
        """Let it be well again, and with it all vendors."""
        self.herald.stack.sandbox.clear_faults()

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


def workers_so_far(herald: Herald) -> int:
    """Return how many processes MiniStack has started for e-mails: each has breakers of its own."""
    function = function_name("local", "DeliverEmail", herald.stack.cloud)
    return herald.stack.ministack.log.read_text(errors="replace").count(f"{STARTED} {function} ")
