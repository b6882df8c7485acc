"""The sandbox's Teams answers as workflows do, and as connectors do."""

import json
from typing import Any

import pytest

from infra.local.sandbox.vendors.teams import CONNECTOR, DISABLED, REMOVED, Teams
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ID, ask, content_of

ACCOUNT = Teams.new_account()
HOOK: str = ACCOUNT["webhookUrl"]
CARD: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "Hi"}]}


def message(**changes: Any) -> dict[str, Any]:
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD | changes}
    return {"type": "message", "attachments": [card]}


def post(content: Any, *, url: str = HOOK, type_: str = "application/json", method: str = "POST") -> Answer:
    return ask(Teams({"teams": ACCOUNT}), url, json.dumps(content).encode(), {"content-type": type_}, method)


def test_a_workflow_says_which_run_it_started_and_nothing_else() -> None:
    answer = post(message())
    assert (answer.status, answer.body) == (202, b"")
    assert answer.vendor_id == answer.headers["x-ms-workflow-run-id"]
    assert ID.upper() in str(answer.vendor_id)


@pytest.mark.parametrize(
    ("content", "url", "status", "code"),
    [
        ({"text": "Hi"}, HOOK, 400, "TriggerInputSchemaMismatch"),
        ({"type": "message", "attachments": []}, HOOK, 400, "TriggerInputSchemaMismatch"),
        (message(version="9"), HOOK, 400, "TriggerInputSchemaMismatch"),
        (message(actions=[{"type": "Action.OpenUrl", "url": "acme://x"}]), HOOK, 400, "TriggerInputSchemaMismatch"),
        (message(body=[{"type": "TextBlock", "text": "a" * 28_672}]), HOOK, 413, "RequestEntityTooLarge"),
        (message(), HOOK + "x", 401, "DirectApiAuthorizationRequired"),
        (message(), HOOK.partition("?")[0], 401, "DirectApiAuthorizationRequired"),
        (message(), HOOK.replace("/workflows/", "/workflows/0"), 404, "WorkflowNotFound"),
        (message(), DISABLED, 400, "WorkflowTriggerIsNotEnabled"),
    ],
)
def test_what_a_workflow_refuses(content: Any, url: str, status: int, code: str) -> None:
    answer = post(content, url=url)
    assert (answer.status, content_of(answer)["error"]["code"]) == (status, code)


def test_a_connector_says_yes_in_a_digit_and_no_in_a_sentence() -> None:
    taken, refused = post(message(), url=CONNECTOR), post(message(version="9"), url=CONNECTOR)
    large = post(message(body=[{"type": "TextBlock", "text": "a" * 28_672}]), url=CONNECTOR)

    assert (taken.status, taken.body, taken.accepted) == (200, b"1", True)
    assert (refused.status, refused.accepted, large.accepted) == (200, False, False)
    assert b"returned HTTP error 400 " in refused.body
    assert b"returned HTTP error 413 " in large.body


@pytest.mark.parametrize(("url", "status"), [(REMOVED, 410), (CONNECTOR + "x", 404)])
def test_connectors_that_are_not_there(url: str, status: int) -> None:
    assert post(message(), url=url).status == status


def test_it_wants_json_posted() -> None:
    assert post(message(), type_="text/plain").status == 400
    assert post(message(), method="GET").status == 404
