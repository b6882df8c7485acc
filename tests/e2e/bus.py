"""What the stack's event bus carries, seen by a queue behind a rule that lets everything pass."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from infra.cli.waiting import eventually
from infra.package import ROOT
from tests.e2e.conftest import Herald

EVENTS: Path = ROOT / "events"
IN_TIME = 60.0

Occurrence = dict[str, Any]


@dataclass
class Bus:
    """The events that arrived so far, each as its schema says."""

    herald: Herald
    queue: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def awaited(self, enough: Callable[["Bus"], bool]) -> None:
        """Take events in until there are enough."""

        def look() -> bool:
            self._receive()
            return enough(self)

        eventually(look, "events on the bus", IN_TIME)

    def of(self, id: str) -> dict[str, list[Occurrence]]:
        """Return what was told of a notification, by event type."""
        told: dict[str, list[Occurrence]] = defaultdict(list)
        for event in self.events:
            told[event["detail-type"]] += [
                occurrence
                for occurrence in event["detail"]["data"]["notifications"]
                if occurrence["notificationId"] == id
            ]
        return {event_type: occurrences for event_type, occurrences in told.items() if occurrences}

    def _receive(self) -> None:
        sqs = self.herald.stack.cloud.client("sqs")
        answer = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            event = json.loads(message["Body"])
            validate(event)
            self.events.append(event)
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])


def listen(herald: Herald, name: str = "everything") -> Bus:
    """Put a queue behind the stack's bus; listeners of different names do not take each other's events."""
    cloud = herald.stack.cloud
    queue = cloud.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    told = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    bus = herald.stack.outputs.bus_name
    events = cloud.client("events")
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": [{"prefix": ""}]}))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": name, "Arn": told["Attributes"]["QueueArn"]}])
    return Bus(herald, queue)


def validate(event: dict[str, Any]) -> None:
    """Demand that an event is as its schema says, and that its envelope and its detail agree."""
    schema = json.loads((EVENTS / f"{event['detail-type']}.schema.json").read_text())
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(event["detail"])
    assert event["source"] == "herald"
    assert event["detail"]["eventType"] == event["detail-type"]
