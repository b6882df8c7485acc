"""A deployment that fails says why; the next one starts anew."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import deploy
from infra.deployed import DeploymentError, read_stack
from infra.local.ministack import MiniStack, find_free_port
from infra.package import Package


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    stack = MiniStack(find_free_port(), tmp_path_factory.mktemp("stack") / "files")
    stack.start()
    yield stack
    stack.stop()


def _package(folder: Path, resources: dict[str, Any]) -> Package:
    with zipfile.ZipFile(folder / "code.zip", "w") as code:
        code.writestr("app.py", "")
    (folder / "template.json").write_text(json.dumps({"Resources": resources}))
    return Package("dev", folder / "template.json", folder / "code.zip", 0.0)


def test_template_that_is_refused_is_quoted(stack: MiniStack, tmp_path: Path) -> None:
    package = _package(tmp_path, {"Thing": {"Type": "AWS::Nothing::Thing"}})

    with pytest.raises(DeploymentError, match=r"stack herald-dev was refused: .*AWS::Nothing::Thing"):
        deploy(package, stack.cloud)


def test_failure_names_the_resource_and_the_reason_each_time(stack: MiniStack, tmp_path: Path) -> None:
    orphan = {"UserPoolId": "us-east-1_nobody", "GroupName": "readers"}
    package = _package(tmp_path, {"Group": {"Type": "AWS::Cognito::UserPoolGroup", "Properties": orphan}})

    for _ in range(2):
        with pytest.raises(DeploymentError, match=r"stack herald-dev failed:\n(.*\n)*Group: .*nobody"):
            deploy(package, stack.cloud)


def test_stage_that_is_not_deployed_is_said_so(stack: MiniStack) -> None:
    with pytest.raises(DeploymentError, match="there is no stack herald-staging"):
        read_stack("staging", stack.cloud)
