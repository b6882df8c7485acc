"""The template as a whole, the table, the identities, the differences between stages."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.merge import Lane, merge_fragments, read_lanes, read_stage
from infra.package import ROOT
from tests.infra.reading import Template, resources_of

RESOURCE_LIMIT = 450
ENVIRONMENT_LIMIT = 4096
NAME_PROPERTIES = {"AliasName", "Domain", "FunctionName", "LogGroupName", "Name", "QueueName", "RoleName"} | {
    "BucketName",
    "StateMachineName",
    "TableName",
    "TopicName",
    "UserPoolName",
}


def _names(template: Template) -> set[tuple[str, str]]:
    """Return the names that resources choose for themselves and that are unique in an account."""
    own = {"Lambda::EventSourceMapping", "Lambda::Permission", "Cognito::UserPoolResourceServer"}
    return {
        (resource["Type"], json.dumps(value))
        for resource in template["Resources"].values()
        if resource["Type"].removeprefix("AWS::") not in own
        for property_, value in resource.get("Properties", {}).items()
        if property_ in NAME_PROPERTIES
    }


@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_template_has_no_fault_that_cfn_lint_finds(stage: str, template_of: Callable[[str], Path]) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(template_of(stage))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_stack_stays_below_the_limit_of_resources(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for function in resources_of(template, "Serverless::Function").values():
        function["CodeUri"] = "s3://bucket/code.zip"
    parameters = {name: value.get("Default", "") for name, value in template["Parameters"].items()}
    translated = Translator({}, Parser()).translate(copy.deepcopy(template), parameters)
    assert len(template["Resources"]) < len(translated["Resources"]) < RESOURCE_LIMIT


def test_stages_do_not_take_each_others_names(template_of: Callable[[str], Path]) -> None:
    names = [_names(json.loads(template_of(stage).read_text())) for stage in ("local", "dev", "staging", "prod")]
    assert all(names)
    assert len(set().union(*names)) == sum(len(each) for each in names)


def test_table_is_recoverable_encrypted_and_streams(template: Template) -> None:
    (table,) = resources_of(template, "DynamoDB::Table").values()
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert [index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]] == ["KEYS_ONLY"] * 2


def test_production_keeps_what_holds_data(template_of: Callable[[str], Path]) -> None:
    resources = json.loads(template_of("prod").read_text())["Resources"]
    for name in ("DataKey", "Table", "UserPool"):
        assert resources[name]["DeletionPolicy"] == "Retain"
    assert resources["Table"]["Properties"]["DeletionProtectionEnabled"] is True
    assert resources["UserPool"]["Properties"]["DeletionProtection"] == "ACTIVE"


def test_users_cannot_change_their_tenant_type_or_password_flow(template_of: Callable[[str], Path]) -> None:
    for stage, has_password_flow in {"local": True, "dev": True, "staging": False, "prod": False}.items():
        client = json.loads(template_of(stage).read_text())["Resources"]["UserClient"]["Properties"]
        assert not [name for name in client["WriteAttributes"] if name.startswith("custom:")]
        assert client["AllowedOAuthFlows"] == ["code"]
        assert ("ALLOW_USER_PASSWORD_AUTH" in client["ExplicitAuthFlows"]) is has_password_flow


def test_gateway_answers_are_problems(template: Template) -> None:
    answers = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    for kind, answer in answers.items():
        body = json.loads(answer["ResponseTemplates"]["application/json"])
        assert body["status"] == answer["StatusCode"], kind
        assert answer["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"
        assert "Access-Control-Allow-Origin" in answer["ResponseParameters"]["Headers"]
    assert {"UNAUTHORIZED", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX"} <= answers.keys()


def test_environment_fits(template: Template) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert len(json.dumps(variables)) + 60 * len(variables) < ENVIRONMENT_LIMIT


def test_channel_is_one_entry_in_the_list() -> None:
    lanes = [*read_lanes(), Lane(channel="carrier_pigeon", concurrency=3, memory=256)]
    stage = read_stage("prod", lanes)

    before, after = merge_fragments(read_stage("prod")), merge_fragments(stage)

    assert after["Resources"].keys() - before["Resources"].keys() == {
        f"{prefix}CarrierPigeon{suffix}"
        for prefix, suffix in [
            *(("", suffix) for suffix in ("Queue", "QueuePolicy", "Dlq", "DlqPolicy", "Subscription", "Mapping")),
            *(("Deliver", suffix) for suffix in ("", "Logs")),
        ]
    }
    assert '"carrier_pigeon":{"queue":"${CarrierPigeonQueue}"' in after["Outputs"]["Lanes"]["Value"]["Fn::Sub"]
    assert _statements(stage, "deliver_carrier_pigeon")


def _statements(stage: Any, name: str) -> list[dict[str, Any]]:
    (function,) = [function for function in stage.functions if function.name == name]
    policy = stage.render(ROOT / ".chalice" / "policies" / function.policy, lane=function.lane)
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return statements
