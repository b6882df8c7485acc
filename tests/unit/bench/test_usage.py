"""What is charged for calls, invocations and what is around them."""

import json
from typing import Any

import pytest

from bench.cost.measure import cpu_of, median_cpu
from bench.cost.prices import Charge, Latency
from bench.cost.rig import API, Way
from bench.cost.usage import Part, Terms, Usage, Use, duration, log_usage, usage_of, uses_of_call
from bench.sends import ESCALATION, SINGLE
from infra.merge import Function
from tests.unit.bench.calls import a_call, an_invocation

LATENCY = Latency(vendor=0.150, table=0.005, other=0.010)
TERMS = Terms(
    {name: Function(name, name, 512, 60, "") for name in (API, "Outbox", "Dispatch", "DeliverEmail")}, LATENCY
)
GET = a_call(request={"ConsistentRead": True})
PUT = a_call("PutItem", response={"ConsumedCapacity": {"CapacityUnits": 3.0}})


def amounts(*uses: Use) -> dict[tuple[Part, Charge], float]:
    return {(use.part, use.charge): use.amount for use in uses}


def of_queues(requests: float) -> dict[tuple[Part, Charge], float]:
    return {(Part.QUEUES, Charge.SQS_REQUEST): requests, (Part.QUEUES, Charge.SQS_FAIR): requests}


MESSAGES = [{"MessageBody": "x" * 30_000}] * 3
PUBLISHED = [
    {"Message": "x", "MessageAttributes": {"channels": {"DataType": "String.Array", "StringValue": "[]"}}}
] * 10
EVENTS = [{"Detail": "x"}, {"Detail": "x" * 65_537}]


@pytest.mark.parametrize(
    ("service", "operation", "request_", "used"),
    [
        ("sqs", "SendMessage", {"MessageBody": "x"}, of_queues(1)),
        ("sqs", "SendMessageBatch", {"Entries": MESSAGES}, of_queues(2)),
        ("sns", "PublishBatch", {"PublishBatchRequestEntries": PUBLISHED}, {(Part.TOPIC, Charge.SNS_REQUEST): 1}),
        ("events", "PutEvents", {"Entries": EVENTS}, {(Part.EVENTS, Charge.EVENT): 3}),
        ("kms", "Decrypt", {}, {(Part.KEYS, Charge.KMS_REQUEST): 1}),
        ("dynamodb", "GetItem", {"ConsistentRead": True}, {(Part.READS, Charge.READ_UNIT): 1}),
        ("stepfunctions", "StartExecution", {}, {}),
    ],
)
def test_a_call_is_charged_for(service: str, operation: str, request_: dict[str, Any], used: Any) -> None:
    assert amounts(*uses_of_call(a_call(operation, service, request=request_))) == used


def test_a_call_that_nobody_thought_of_is_not_free() -> None:
    with pytest.raises(ValueError, match=r"s3\.PutObject"):
        list(uses_of_call(a_call("PutObject", "s3")))


@pytest.mark.parametrize(
    ("function", "batch", "calls", "seconds"),
    [
        (API, 1, [PUT], 0.005),
        ("Dispatch", 10, [GET, PUT] * 10, 0.010),  # ten at a time: one round
        ("DeliverEmail", 5, [GET, PUT, PUT] * 5, 0.165),  # five at a time: one round
        ("DeliverEmail", 10, [GET, PUT, PUT] * 10, 0.330),
        ("Outbox", 10, [a_call("SendMessageBatch", "sqs")], 0.010),
        ("Drain", 210, [GET] * 32 + [a_call("SendMessageBatch", "sqs")] * 32, 0.030),  # 16 of 32 shards at a time
        ("Drain", 0, [GET] * 32, 0.010),
        ("Sweep", 1, [GET] * 160, 0.100),  # 8 reads at a time
    ],
)
def test_a_function_waits_for_the_table_and_its_vendor_round_by_round(
    function: str, batch: int, calls: list[Any], seconds: float
) -> None:
    assert duration(an_invocation(function, batch, *calls), 512, 0, LATENCY) == pytest.approx(seconds)


@pytest.mark.parametrize(("memory", "seconds"), [(1_769, 0.01), (3_538, 0.01), (884.5, 0.02)])
def test_cpu_takes_longer_with_less_memory(memory: int, seconds: float) -> None:
    assert duration(an_invocation("Outbox", 1), memory, 0.01, LATENCY) == pytest.approx(seconds)


def test_time_is_billed_by_the_millisecond_begun() -> None:
    assert duration(an_invocation("Outbox", 1), 1_769, 0.0001, LATENCY) == 0.001


def test_a_notification_is_charged_its_share_of_what_its_batch_used() -> None:
    invocations = (an_invocation(API, 1, PUT), an_invocation(API, 1, PUT), an_invocation("Outbox", 2))
    way = Way(SINGLE, 2, invocations, queued=2, polled=1, kept=0)
    used = amounts(*usage_of([way, way], TERMS, {(API, 1): 0.0, ("Outbox", 2): 0.0}))
    assert used[Part.API_GATEWAY, Charge.API_REQUEST] == 1
    assert used[Part.API_FUNCTION, Charge.LAMBDA_REQUEST] == 1
    assert used[Part.API_FUNCTION, Charge.LAMBDA_GB_SECOND] == pytest.approx(0.005 / 2)
    assert used[Part.WORKERS, Charge.LAMBDA_REQUEST] == 0.5
    assert used[Part.WRITES, Charge.WRITE_UNIT] == 3
    assert used[Part.QUEUES, Charge.SQS_REQUEST] == (2 + 2) / 2


def test_an_escalation_is_charged_its_share_of_transitions() -> None:
    way = Way(ESCALATION, 200, (), queued=0, polled=0, kept=0, transitions=8)
    assert amounts(*usage_of([way], TERMS, {}))[Part.TIMERS, Charge.TRANSITION] == 0.04


def test_dollars_are_summed_part_by_part_in_the_order_of_the_bill() -> None:
    prices = {Charge.SQS_REQUEST: 0.4, Charge.SQS_FAIR: 0.1, Charge.API_REQUEST: 3.5}
    usage = Usage(
        [
            Use(Part.QUEUES, Charge.SQS_REQUEST, 2),
            Use(Part.QUEUES, Charge.SQS_FAIR, 1),
            Use(Part.API_GATEWAY, Charge.API_REQUEST, 1),
        ]
    )
    assert list(usage.by_part(prices).items()) == [(Part.API_GATEWAY, 3.5), (Part.QUEUES, pytest.approx(0.9))]


@pytest.mark.parametrize(("seen", "priced"), [(300, 1_000), (2_000, 2_000)])
def test_a_kilobyte_of_log_is_priced_at_least(seen: float, priced: float) -> None:
    assert log_usage(seen) == Use(Part.LOGS, Charge.LOG_GB, priced / 1e9)


def test_cpu_is_the_median_of_what_is_known() -> None:
    invocations = tuple(an_invocation("Outbox", 10, cpu=cpu) for cpu in (None, 0.1, 0.2, 0.9))
    assert median_cpu(invocations) == 0.2
    assert cpu_of([Way(SINGLE, 10, invocations, queued=0, polled=0, kept=0)]) == {("Outbox", 10): 0.2}


def test_payloads_count_attributes_too() -> None:
    message = {"Message": "x" * 65_530, "MessageAttributes": PUBLISHED[0]["MessageAttributes"]}
    (use,) = uses_of_call(a_call("Publish", "sns", request=message))
    assert use.amount == 2, json.dumps(message["MessageAttributes"])
