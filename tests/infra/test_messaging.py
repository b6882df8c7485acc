"""Queues, what may write to them, and who reads them."""

import json
from typing import Any

import pytest

from chalicelib.domain.words import Channel
from tests.infra.reading import Template, may, resources_of, target_of

ACCOUNT_CONCURRENCY = 1_000
API_RESERVE = 400


def _mappings(template: Template, source: str) -> dict[str, Any]:
    mappings = resources_of(template, "Lambda::EventSourceMapping")
    return {
        name: mapping
        for name, mapping in mappings.items()
        if template["Resources"][target_of(mapping["EventSourceArn"])]["Type"] == f"AWS::{source}"
    }


def _sns_statement(template: Template, queue: str) -> dict[str, Any]:
    for policy in resources_of(template, "SQS::QueuePolicy").values():
        if queue in [target_of(value) for value in policy["Queues"]]:
            (statement,) = policy["PolicyDocument"]["Statement"]
            return dict(statement)
    raise AssertionError(f"{queue} has no policy")


def test_topic_may_write_to_every_subscribed_queue_and_its_dlq(template: Template) -> None:
    subscriptions = resources_of(template, "SNS::Subscription").values()
    assert subscriptions
    for subscription in subscriptions:
        for queue in (subscription["Endpoint"], subscription["RedrivePolicy"]["deadLetterTargetArn"]):
            statement = _sns_statement(template, target_of(queue))
            assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
            assert statement["Action"] == "sqs:SendMessage"
            assert statement["Resource"] == queue
            assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": subscription["TopicArn"]}}


def test_topic_may_use_the_key_of_every_subscribed_queue(template: Template) -> None:
    for subscription in resources_of(template, "SNS::Subscription").values():
        for queue in (subscription["Endpoint"], subscription["RedrivePolicy"]["deadLetterTargetArn"]):
            key = target_of(template["Resources"][target_of(queue)]["Properties"]["KmsMasterKeyId"])
            policy = template["Resources"][key]["Properties"]["KeyPolicy"]["Statement"]
            allowed = [entry["Action"] for entry in policy if entry["Principal"] == {"Service": "sns.amazonaws.com"}]
            assert allowed == [["kms:Decrypt", "kms:GenerateDataKey*"]]


def test_every_subscription_filters_by_its_channel(template: Template) -> None:
    filters = [entry["FilterPolicy"] for entry in resources_of(template, "SNS::Subscription").values()]
    assert sorted(json.dumps(entry) for entry in filters) == [
        f'{{"channels": ["{channel}"]}}' for channel in sorted(Channel)
    ]


def test_every_queue_is_encrypted_and_ends_in_a_dlq(template: Template) -> None:
    queues = resources_of(template, "SQS::Queue")
    for name, queue in queues.items():
        assert queue["KmsMasterKeyId"] == {"Ref": "DataKey"}
        if name.endswith("Dlq"):
            assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        else:
            assert target_of(queue["RedrivePolicy"]["deadLetterTargetArn"]) in queues
            assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5


def test_message_stays_invisible_for_six_function_timeouts(template: Template) -> None:
    for mapping in _mappings(template, "SQS::Queue").values():
        queue = template["Resources"][target_of(mapping["EventSourceArn"])]["Properties"]
        function = template["Resources"][target_of(mapping["FunctionName"])]["Properties"]
        window = mapping["MaximumBatchingWindowInSeconds"]
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"] + window


def test_queue_workers_answer_with_partial_batches_and_may_take_messages(template: Template) -> None:
    for mapping in _mappings(template, "SQS::Queue").values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BatchSize"] == 10
        function, queue = target_of(mapping["FunctionName"]), target_of(mapping["EventSourceArn"])
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
            assert may(template, function, action, queue)


def test_workers_leave_concurrency_for_the_api(template: Template) -> None:
    mappings = _mappings(template, "SQS::Queue").values()
    assert (
        sum(mapping["ScalingConfig"]["MaximumConcurrency"] for mapping in mappings) <= ACCOUNT_CONCURRENCY - API_RESERVE
    )


def test_stream_has_at_most_two_readers_that_no_record_can_block(template: Template) -> None:
    readers = _mappings(template, "DynamoDB::Table")
    assert sorted(readers) == ["OutboxMapping", "ProjectMapping"]
    for reader in readers.values():
        assert reader["BisectBatchOnFunctionError"] is True
        assert 0 < reader["MaximumRetryAttempts"] <= 10
        assert 60 <= reader["MaximumRecordAgeInSeconds"] <= 3600


def test_stream_readers_may_hand_over_what_they_fail_at(template: Template) -> None:
    for reader in _mappings(template, "DynamoDB::Table").values():
        queue = target_of(reader["DestinationConfig"]["OnFailure"]["Destination"])
        assert may(template, target_of(reader["FunctionName"]), "sqs:SendMessage", queue)


@pytest.mark.parametrize(
    ("reader", "events", "keys"),
    [
        ("OutboxMapping", ["INSERT"], {"SK": {"S": ["R"]}}),
        ("ProjectMapping", ["INSERT", "MODIFY"], {"SK": {"S": ["N"]}}),
    ],
)
def test_stream_readers_see_only_their_records(
    template: Template, reader: str, events: list[str], keys: dict[str, Any]
) -> None:
    (entry,) = _mappings(template, "DynamoDB::Table")[reader]["FilterCriteria"]["Filters"]
    pattern = json.loads(entry["Pattern"])
    assert pattern["eventName"] == events
    assert pattern["dynamodb"]["Keys"] == keys


def test_only_the_schedule_invokes_the_sweeper(template: Template) -> None:
    (rule,) = resources_of(template, "Events::Rule").values()
    permission = template["Resources"]["SweepPermission"]["Properties"]
    assert [target_of(target["Arn"]) for target in rule["Targets"]] == ["Sweep"]
    assert permission["Principal"] == "events.amazonaws.com"
    assert target_of(permission["SourceArn"]) == "SweepSchedule"
