"""Given a deployed function, when Lambda starts it, then what every call needs is there, and no vendor's SDK is."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

VENDORS = {"aws_encryption_sdk", "firebase_admin", "sendgrid", "twilio"}
MODULES = {
    "app": "accept",
    "chalicelib.workers.deliver": "deliver",
    "chalicelib.workers.dispatch": "dispatch",
    "chalicelib.workers.drain": "drain",
    "chalicelib.workers.outbox": "queues",
    "chalicelib.workers.project": "project",
    "chalicelib.workers.redrive": "queues",
    "chalicelib.workers.sweep": "sweep",
}
"""The modules of functions, and what is wired when they are imported."""
DEPLOYED = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "herald",
    "HERALD_BUS": "herald",
    "HERALD_DISPATCH_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/dispatch",
    "HERALD_KEY_ARN": "arn:aws:kms:us-east-1:1:key/x",
    "HERALD_LANES": "{}",
    "HERALD_REDRIVE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/redrive",
    "HERALD_TABLE": "herald",
    "HERALD_TIMERS_ARN": "arn:aws:states:us-east-1:1:stateMachine:herald",
    "HERALD_TOPIC_ARN": "arn:aws:sns:us-east-1:1:herald",
}
STARTED = """
import gc, importlib, json, sys
importlib.import_module({module!r})
from chalicelib import bootstrap
print(json.dumps({{
    "modules": sorted(sys.modules),
    "wired": getattr(bootstrap, {wired!r}).cache_info().currsize,
    "frozen": gc.get_freeze_count(),
}}))
"""


def started(module: str, wired: str, environment: dict[str, str]) -> Any:
    """Return what a new process has after importing a module."""
    command = [sys.executable, "-c", STARTED.format(module=module, wired=wired)]
    ambient = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HERALD_"))}
    run = subprocess.run(command, env=ambient | environment, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize(("module", "wired"), MODULES.items())
def test_a_function_is_wired_when_it_has_started(module: str, wired: str) -> None:
    found = started(module, wired, DEPLOYED)
    assert found["wired"] == 1
    assert found["frozen"] > 0
    assert not VENDORS & set(found["modules"])


def test_all_of_a_send_is_loaded_when_the_api_has_started() -> None:
    loaded = set(started("app", "accept", DEPLOYED)["modules"])
    assert {"chalicelib.services.accept", "chalicelib.services.cached", "chalicelib.store.requests"} <= loaded


@pytest.mark.parametrize(("module", "wired"), MODULES.items())
def test_whoever_packages_or_measures_the_code_needs_no_stack(module: str, wired: str) -> None:
    assert started(module, wired, {"AWS_LAMBDA_FUNCTION_NAME": "herald"})["wired"] == 0
