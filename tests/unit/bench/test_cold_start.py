"""What is imported, and in which environment."""

import subprocess
from pathlib import Path

import pytest

from bench.cold_start import handler_modules, import_once
from bench.environment import function_environment

TEMPLATE = {
    "Parameters": {"LogLevel": {"Type": "String", "Default": "INFO"}},
    "Globals": {
        "Function": {
            "Environment": {
                "Variables": {
                    "HERALD_STAGE": "prod",
                    "HERALD_TABLE": {"Ref": "Table"},
                    "HERALD_LANES": {"Fn::Sub": "{}"},
                    "LOG_LEVEL": {"Ref": "LogLevel"},
                }
            }
        }
    },
    "Resources": {
        name: {"Type": "AWS::Serverless::Function", "Properties": {"Handler": handler}}
        for name, handler in {
            "Outbox": "chalicelib.workers.outbox.outbox",
            "DeliverSms": "chalicelib.workers.deliver.deliver_sms",
            "DeliverEmail": "chalicelib.workers.deliver.deliver_email",
            "APIHandler": "app.app",
        }.items()
    }
    | {"Table": {"Type": "AWS::DynamoDB::Table"}},
}


def test_every_module_of_a_function_is_imported_once_the_api_first() -> None:
    assert list(handler_modules(TEMPLATE).items()) == [
        ("app", "api"),
        ("chalicelib.workers.deliver", "deliver"),
        ("chalicelib.workers.outbox", "outbox"),
    ]


def test_a_function_is_measured_in_its_own_environment() -> None:
    environment = function_environment(TEMPLATE)
    assert environment["HERALD_STAGE"] == "prod"
    assert environment["LOG_LEVEL"] == "INFO"
    assert environment["HERALD_TABLE"]
    assert environment["HERALD_LANES"] == "{}"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"]


def test_an_import_sees_the_package_alone_and_tells_of_sdks(tmp_path: Path) -> None:
    (tmp_path / "twilio.py").touch()
    (tmp_path / "handler.py").write_text("import os, twilio\nassert os.environ['STAGE'] == 'prod'\n")
    imported = import_once(tmp_path, "handler", {"STAGE": "prod"})
    assert imported.sdks == ("twilio",)
    assert imported.seconds > 0
    with pytest.raises(subprocess.CalledProcessError):
        import_once(tmp_path, "pydantic", {})
