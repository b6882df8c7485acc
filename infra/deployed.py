"""What is deployed: a stage's stack, by what its template puts out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient


class DeploymentError(Exception):
    """The stack did not get there; the message says which resources failed and why."""


@dataclass(frozen=True)
class Lane:
    """The queues of a channel, by URL."""

    queue: str
    dlq: str


@dataclass(frozen=True)
class Deployed:
    """A deployed stack: what it is called, and what its template puts out."""

    stage: str
    name: str
    api_url: str
    table_name: str
    topic_arn: str
    dispatch_queue_url: str
    dispatch_dlq_url: str
    redrive_queue_url: str
    redrive_dlq_url: str
    lanes: Mapping[str, Lane]
    bus_name: str
    key_arn: str
    cursor_secret_arn: str
    user_pool_id: str
    user_client_id: str
    service_client_id: str
    login_url: str
    outbox_mapping_id: str
    project_mapping_id: str

    @property
    def docs_url(self) -> str:
        """Where a person reads about the API."""
        return f"{self.api_url}/docs"

    @property
    def token_url(self) -> str:
        """Where a service gets its token."""
        return f"{self.login_url}/oauth2/token"


def stack_name(stage: str) -> str:
    """Return the name of a stage's stack."""
    return f"herald-{stage}"


def read_stack(stage: str, cloud: Cloud) -> Deployed:
    """Return what a stage's stack puts out; raises DeploymentError when there is none."""
    stack = describe_stack(stage, cloud)
    if stack is None:
        raise DeploymentError(f"there is no stack {stack_name(stage)}")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return Deployed(
        stage=stage,
        name=stack_name(stage),
        api_url=cloud.api_url(outputs["RestAPIId"], stage),
        table_name=outputs["TableName"],
        topic_arn=outputs["TopicArn"],
        dispatch_queue_url=outputs["DispatchQueueUrl"],
        dispatch_dlq_url=outputs["DispatchDlqUrl"],
        redrive_queue_url=outputs["RedriveQueueUrl"],
        redrive_dlq_url=outputs["RedriveDlqUrl"],
        lanes={channel: Lane(**urls) for channel, urls in json.loads(outputs["Lanes"]).items()},
        bus_name=outputs["BusName"],
        key_arn=outputs["KeyArn"],
        cursor_secret_arn=outputs["CursorSecretArn"],
        user_pool_id=outputs["UserPoolId"],
        user_client_id=outputs["UserClientId"],
        service_client_id=outputs["ServiceClientId"],
        login_url=outputs["LoginUrl"],
        outbox_mapping_id=outputs["OutboxMappingId"],
        project_mapping_id=outputs["ProjectMappingId"],
    )


def function_name(stage: str, logical_id: str, cloud: Cloud) -> str:
    """Return what a function (or another resource) of a stage's stack is called in AWS."""
    cloudformation: CloudFormationClient = cloud.client("cloudformation")
    detail = cloudformation.describe_stack_resource(StackName=stack_name(stage), LogicalResourceId=logical_id)
    return detail["StackResourceDetail"]["PhysicalResourceId"]


def describe_stack(stage: str, cloud: Cloud) -> Any | None:
    """Return what CloudFormation says of a stage's stack, None when there is none."""
    cloudformation: CloudFormationClient = cloud.client("cloudformation")
    try:
        return cloudformation.describe_stacks(StackName=stack_name(stage))["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
