"""What each function may do: its own role, named actions, named resources."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.merge import Function, read_stage
from infra.package import ROOT
from tests.infra.reading import Template, as_list, may, resources_of, statements_of, target_of

FUNCTIONS = read_stage("prod").functions


def _only_on_ministack(template: Template, statement: dict[str, Any]) -> bool:
    """Tell whether a statement gives way to MiniStack, which does not see whose identity a mail is sent by."""
    return "local" in template["Description"] and statement["Sid"] == "SendByAnyIdentity"


def _ids(function: Function) -> str:
    return function.name


def test_every_function_is_known_and_has_a_role_of_its_own(template: Template) -> None:
    functions = resources_of(template, "Serverless::Function")
    assert sorted(functions) == sorted(function.id for function in FUNCTIONS)
    roles = [target_of(function["Role"]) for function in functions.values()]
    assert len(set(roles)) == len(functions)


@pytest.mark.parametrize("function", FUNCTIONS, ids=_ids)
def test_role_names_resources_and_actions(template: Template, function: Function) -> None:
    for statement in statements_of(template, function.id):
        for action in as_list(statement["Action"]):
            assert "*" not in action
            assert action != "dynamodb:Scan"
        if _only_on_ministack(template, statement):
            continue
        for resource in as_list(statement.get("Resource", [])):
            assert resource not in ("*", {"Fn::Sub": "*"})
            assert target_of(resource) or "${AWS::AccountId}" in json.dumps(resource)


@pytest.mark.parametrize("function", FUNCTIONS, ids=_ids)
def test_function_writes_to_a_log_of_its_own_that_is_kept_for_a_while(template: Template, function: Function) -> None:
    log = target_of(template["Resources"][function.id]["Properties"]["LoggingConfig"]["LogGroup"])
    assert log == f"{function.id}Logs"
    assert template["Resources"][log]["Properties"]["RetentionInDays"] > 0
    assert may(template, function.id, "logs:PutLogEvents", log)


def test_only_what_sends_texts_may_publish_to_phones_and_never_to_a_topic(template: Template) -> None:
    (statement,) = [entry for entry in statements_of(template, "DeliverSms") if "NotResource" in entry]
    assert statement["Action"] == "sns:Publish"
    assert statement["NotResource"] == "arn:*:sns:*:*:*"
    trying = [entry for entry in statements_of(template, "APIHandler") if "NotResource" in entry]
    assert {entry["Action"]: entry["NotResource"] for entry in trying} == {
        "sns:Publish": "arn:*:sns:*:*:*",
        "ses:GetAccount": "arn:*:ses:*:*:*",
    }
    others = [function.id for function in FUNCTIONS if function.id not in {"APIHandler", "DeliverSms"}]
    assert not any("NotResource" in entry for other in others for entry in statements_of(template, other))


@pytest.mark.parametrize("function", FUNCTIONS, ids=_ids)
def test_credentials_are_unsealed_only_with_a_tenant_in_the_context(
    template_of: Callable[[str], Path], function: Function
) -> None:
    for statement in statements_of(json.loads(template_of("prod").read_text()), function.id):
        if any(action.startswith("kms:") for action in as_list(statement["Action"])):
            assert statement["Condition"] == {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "tenant"}}
            assert function.id == "APIHandler" or function.lane


def test_no_policy_file_is_left_over() -> None:
    files = {path.name for path in (ROOT / ".chalice" / "policies").iterdir()}
    assert files == {function.policy for function in FUNCTIONS}
