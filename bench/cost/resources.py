"""What the resources of a deployed stack are called."""

from typing import TYPE_CHECKING

from infra.cli.stack import LocalStack

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient


def resource_names(stack: LocalStack, type: str) -> dict[str, str]:
    """Return the names of a stack's resources of a type, by their names in the template."""
    cloudformation: CloudFormationClient = stack.cloud.client("cloudformation")
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.outputs.name)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == type
    }
