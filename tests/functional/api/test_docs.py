"""The description of the API and its page."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from app import app
from chalicelib.api import docs
from chalicelib.api.route import Route
from chalicelib.domain.lookup import LookupType
from chalicelib.domain.words import Scope
from chalicelib.settings import settings
from tests.api import Api, in_memory_api
from tests.callers import a_service

LOGIN = "https://login.example.com"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("HERALD_LOGIN_URL", LOGIN)
    monkeypatch.setenv("HERALD_LOGIN_CLIENT_ID", "user-client")
    settings.cache_clear()
    docs._description.cache_clear()
    yield in_memory_api(monkeypatch)
    settings.cache_clear()


@pytest.fixture
def document(api: Api) -> Any:
    response = api.call("GET", "/openapi.json", None)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    return response.json


def registered() -> set[tuple[str, str]]:
    return {
        (path, method.lower())
        for path, methods in app.routes.items()
        for method, entry in methods.items()
        if isinstance(entry.view_function, Route)
    }


def described(document: Any) -> dict[tuple[str, str], Any]:
    return {(path, method): each for path, methods in document["paths"].items() for method, each in methods.items()}


def test_it_is_openapi_3_1(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # By itself it takes jsonschema_rs where that is installed, and needs a newer one than we ship.
    monkeypatch.setenv("OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND", "jsonschema")
    assert document["openapi"] == "3.1.0"
    validate(document, cls=OpenAPIV31SpecValidator)


def test_it_has_every_route_and_no_other(document: Any) -> None:
    assert set(described(document)) == registered()


def test_each_operation_has_a_name_of_its_own(document: Any) -> None:
    names = [operation["operationId"] for operation in described(document).values()]
    assert len(names) == len(set(names))


def test_each_operation_says_who_may_call_it_and_what_can_go_wrong(document: Any) -> None:
    for (path, method), operation in described(document).items():
        route = app.routes[path][method.upper()].view_function
        assert isinstance(route, Route)
        assert bool(operation["security"]) == (route.needs is not None), path
        assert ("401" in operation["responses"]) == (route.needs is not None), path
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]


def test_users_log_in_with_a_code_and_services_with_their_secret(document: Any) -> None:
    schemes = document["components"]["securitySchemes"]

    assert schemes["users"]["flows"]["authorizationCode"]["authorizationUrl"] == f"{LOGIN}/oauth2/authorize"
    assert schemes["users"]["x-tokenName"] == "id_token"
    service = schemes["services"]["flows"]["clientCredentials"]
    assert service["tokenUrl"] == f"{LOGIN}/oauth2/token"
    assert set(service["scopes"]) == set(Scope)
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def test_every_body_and_answer_has_examples_that_are_what_they_should_be(document: Any) -> None:
    for (path, method), operation in described(document).items():
        contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
        contents += [
            response["content"]
            for status, response in operation["responses"].items()
            if int(status) < 400 and "content" in response
        ]
        for content in contents:
            media = content["application/json"]
            assert media.get("examples"), f"{method} {path} has no example"
            for example in media["examples"].values():
                resolved = {"components": document["components"], **media["schema"]}
                Draft202012Validator(resolved).validate(example["value"])


def test_the_lists_of_codes_are_named(document: Any) -> None:
    for path, method in (("/api/v1/lookups/{type}", "get"), ("/api/v1/lookups/{type}/{code}", "put")):
        type, *_ = document["paths"][path][method]["parameters"]
        assert (type["name"], type["schema"]) == ("type", {"type": "string", "enum": [*LookupType]})


def test_examples_of_sends_are_accepted(api: Api, document: Any) -> None:
    send = document["paths"]["/api/v1/services/notifications/send"]["post"]
    for name, example in send["requestBody"]["content"]["application/json"]["examples"].items():
        response = api.call("POST", "/api/v1/services/notifications/send", a_service(Scope.SEND), example["value"])
        assert response.status == 202, f"{name}: {response.text}"


def test_answers_are_what_the_description_says(api: Api, document: Any) -> None:
    caller = a_service(Scope.SEND, Scope.READ)
    sent = api.call(
        "POST", "/api/v1/services/notifications/send", caller, {"recipientIds": ["u1"], "message": "Hello"}
    ).json
    path = f"/api/v1/services/notifications/{sent['notifications'][0]['id']}"
    for schema, value in (
        ("SentAnswer", sent),
        ("SentNotification", api.call("GET", path, caller).json),
        ("Tracking", api.call("GET", f"{path}/status", caller).json),
        ("Problem", api.call("GET", path, None).json),
        ("Problem", api.call("POST", "/api/v1/services/notifications/send", caller, {}).json),
    ):
        reference = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
        Draft202012Validator(reference).validate(value)


def test_the_page_loads_nothing_from_elsewhere(api: Api) -> None:
    page = api.call("GET", "/docs", None)

    assert page.headers["Content-Type"].startswith("text/html")
    assert "//" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert f"connect-src 'self' {LOGIN};" in policy
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        part = api.call("GET", f"/{address}", None)
        assert part.status == 200
        assert part.text
        assert "max-age" in part.headers["Cache-Control"]


def test_it_is_swagger_ui_5(api: Api) -> None:
    script = api.call("GET", "/docs/swagger-ui-bundle.js", None)

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert re.search(r'version:"5\.|"5\.\d+\.\d+"', script.text)
    assert len(script.text) < 6_000_000, "a function cannot answer more"


def test_the_login_knows_its_client_and_where_to_return_to(api: Api) -> None:
    start = api.call("GET", "/docs/start.js", None).text
    assert 'clientId: "user-client"' in start
    assert "usePkceWithAuthorizationCodeGrant: true" in start

    page = api.call("GET", "/docs/oauth2-redirect", None)
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("file", ["nope", "..%2Fapp.py", "%2e%2e", "__init__.py"])
def test_other_files_are_not_served(api: Api, file: str) -> None:
    response = api.call("GET", f"/docs/{file}", None)
    assert (response.status, response.json["code"]) == (404, "not_found")


def test_it_is_made_in_a_function_that_has_loaded_only_what_it_was_asked_for() -> None:
    """In Lambda files are loaded when their paths are called: the description loads them all."""
    import os
    import subprocess
    import sys

    program = """
import json
from app import app
event = {"requestContext": {"httpMethod": "GET", "resourcePath": "/openapi.json", "requestId": "r"}, "headers": {},
         "multiValueQueryStringParameters": None, "pathParameters": None, "stageVariables": None, "body": None}
print(json.dumps(sorted(json.loads(app(event, None)["body"])["paths"])))
"""
    environment = {"AWS_LAMBDA_FUNCTION_NAME": "api", "HERALD_LOGIN_URL": LOGIN, "LOG_LEVEL": "ERROR"}
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, env=os.environ | environment
    )
    assert json.loads(result.stdout) == sorted({path for path, _ in registered()})
