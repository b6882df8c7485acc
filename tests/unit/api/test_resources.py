"""The table of contents of the API, and what a cold start loads."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from chalice.app import Chalice

from app import app
from chalicelib.api.resources import AT_START, FILES, Resources, beginning_of
from chalicelib.api.route import Route


def test_a_path_leads_to_the_file_that_serves_it() -> None:
    for path, methods in app.routes.items():
        views = {entry.view_function.view for entry in methods.values() if isinstance(entry.view_function, Route)}
        files = FILES[beginning_of(path) or ""]
        assert {view.__module__ for view in views} <= {f"chalicelib.api.{file}" for file in files}, path


@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_loaded_when_it_is_asked_for_is_all_there_is(backwards: bool) -> None:
    asked = sorted(app.routes, reverse=backwards)
    program = f"""
import json
from app import app
found = {{path: sorted(app.routes[path]) for path in {asked!r}}}
print(json.dumps(found))
"""
    everything = {path: sorted(methods) for path, methods in app.routes.items()}
    assert everything_printed_by(program, AWS_LAMBDA_FUNCTION_NAME="herald-api") == everything


def test_every_path_answers_preflights() -> None:
    assert {path for path, methods in app.routes.items() if "OPTIONS" not in methods} == set()


@pytest.mark.parametrize("path", ["/", "/nope", "/healthy", "/api/v1/services", "/api/v1/users/me/notificationsX"])
def test_a_path_that_nobody_serves_has_no_routes(path: str) -> None:
    fresh = Chalice("herald", configure_logs=False)
    fresh.routes = Resources(fresh)
    assert fresh.routes[path] == {}


def everything_printed_by(program: str, **environment: str) -> Any:
    """Return the JSON that a new process prints."""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, env=os.environ | environment
    )
    return json.loads(result.stdout.splitlines()[-1])


def loaded_by(program: str, **environment: str) -> set[str]:
    """Return the names of the modules that a new process has after running `program`."""
    listing = "import json, sys; print(json.dumps(sorted(sys.modules)))"
    return set(everything_printed_by(f"{program}\n{listing}", **environment))


NEVER_AT_START = {
    "aws_encryption_sdk",
    "boto3",
    "cryptography",
    "email_validator",
    "firebase_admin",
    "jwt",
    "nh3",
    "phonenumbers",
    "requests",
    "sendgrid",
    "twilio",
}


def test_the_api_starts_without_any_vendors_sdk_and_without_what_few_calls_need() -> None:
    loaded = loaded_by("import app", AWS_LAMBDA_FUNCTION_NAME="herald-api")

    assert not loaded & NEVER_AT_START
    assert {f"chalicelib.api.{file}" for file in FILES[AT_START]} <= loaded
    others = {f"chalicelib.api.{file}" for at, files in FILES.items() if at != AT_START for file in files}
    assert not loaded & others
    assert not {name for name in loaded if name.startswith("chalicelib.workers.")}


def test_the_authorizer_starts_without_the_api_and_the_store() -> None:
    loaded = loaded_by("import chalicelib.auth.authorizer")

    assert "app" not in loaded
    assert not loaded & {"boto3", "botocore.session", "pydantic", "pynamodb", "chalicelib.bootstrap"}
