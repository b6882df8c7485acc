"""Deploys a packaged stage by CloudFormation, to AWS or to an emulator: the same template, the same way."""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import certifi
from botocore.exceptions import ClientError, WaiterError

from infra.cloud import Cloud
from infra.deployed import Deployed, DeploymentError, describe_stack, read_stack, stack_name
from infra.package import Package

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_s3.client import S3Client

_CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
_GONE_WRONG: Final = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})


def deploy(package: Package, cloud: Cloud, parameters: Mapping[str, str] | None = None) -> Deployed:
    """Create or update the stage's stack and wait for it; raises DeploymentError.

    The login page may return to the API's own documentation, whose address is known only when the API is there:
    so the first deployment is followed by a second, small one.
    """
    upload = _upload(package, cloud)
    given = dict(parameters or {})
    if package.stage == "local" and cloud.endpoint:
        given = {"LocalUrl": cloud.endpoint, "CaBundle": certifi.where(), **given}
    _apply(package.stage, cloud, upload, given)
    deployed = read_stack(package.stage, cloud)
    callback = f"{deployed.docs_url}/oauth2-redirect"
    if "CallbackUrls" not in given and callback not in _parameters(package.stage, cloud).get("CallbackUrls", ""):
        _apply(package.stage, cloud, upload, {**given, "CallbackUrls": callback})
    return deployed


def _upload(package: Package, cloud: Cloud) -> str:
    """Put code and template where CloudFormation finds them; return the template's address."""
    s3: S3Client = cloud.client("s3")
    account = cloud.client("sts").get_caller_identity()["Account"]
    bucket = f"herald-deployments-{account}-{cloud.region}"
    _ensure_bucket(s3, bucket, cloud.region)
    code = package.code.read_bytes()
    key = f"{package.stage}/{hashlib.sha256(code).hexdigest()}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=code)
    template = json.loads(package.template.read_text())
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    body = json.dumps(template).encode()
    template_key = f"{package.stage}/{hashlib.sha256(body).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=template_key, Body=body)
    host = cloud.endpoint or f"https://s3.{cloud.region}.amazonaws.com"
    return f"{host}/{bucket}/{template_key}"


def _ensure_bucket(s3: "S3Client", bucket: str, region: str) -> None:
    where: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket, **where)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        return


def _apply(stage: str, cloud: Cloud, template_url: str, parameters: Mapping[str, str]) -> None:
    cloudformation: CloudFormationClient = cloud.client("cloudformation")
    name = stack_name(stage)
    stack = describe_stack(stage, cloud)
    if stack and stack["StackStatus"] in _GONE_WRONG:
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
        stack = None
    request: Any = {"StackName": name, "TemplateURL": template_url, "Capabilities": _CAPABILITIES}
    request["Parameters"] = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    try:
        if stack is None:
            cloudformation.create_stack(**request, Tags=[{"Key": "herald:stage", "Value": stage}])
        else:
            known = stack.get("Parameters", [])
            kept = [parameter["ParameterKey"] for parameter in known if parameter["ParameterKey"] not in parameters]
            request["Parameters"] += [{"ParameterKey": key, "UsePreviousValue": True} for key in kept]
            cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise DeploymentError(f"stack {name} was refused: {error}") from error
    _wait(cloudformation, name, "stack_create_complete" if stack is None else "stack_update_complete", cloud)


def _wait(cloudformation: "CloudFormationClient", name: str, goal: Any, cloud: Cloud) -> None:
    delay = 5 if cloud.endpoint is None else 1
    try:
        cloudformation.get_waiter(goal).wait(StackName=name, WaiterConfig={"Delay": delay, "MaxAttempts": 360})
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failures = [event for event in events if event.get("ResourceStatus", "").endswith("_FAILED")]
        reasons = [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '?')}" for event in failures]
        raise DeploymentError("\n".join([f"stack {name} failed:", *reversed(reasons)])) from error


def _parameters(stage: str, cloud: Cloud) -> dict[str, str]:
    stack = describe_stack(stage, cloud) or {}
    return {item["ParameterKey"]: item.get("ParameterValue", "") for item in stack.get("Parameters", [])}
