"""What is uploaded: complete, compiled, no larger than it may be, the same each time."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from infra.dependencies import AWS_SERVICES, NOT_SHIPPED, install_dependencies
from infra.merge import read_stage
from infra.package import ROOT, Package, package

UNCHECKED_HASH = 1
"""The flag word of bytecode that is taken without a look at its source (PEP 552)."""

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path[:0] = {path!r}
import app, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
import firebase_admin.messaging, sendgrid, twilio.rest, twilio.http.http_client, aws_encryption_sdk
from chalicelib.providers.apprise import services, urls
from chalicelib.providers.guard import HostGuard
for service in services.SERVICES.values():
    urls.check(service, service.example, HostGuard(["*"]))
import botocore.session
for service in {services!r}:
    botocore.session.get_session().create_client(service, region_name="us-east-1")
foreign = [name for name, module in sys.modules.items() if "site-packages" in (getattr(module, "__file__", None) or "")]
print(foreign)
"""


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return package("local", build=tmp_path_factory.mktemp("build") / "local")


@pytest.fixture(scope="session")
def dependencies() -> Path:
    """The dependencies for the processor of this machine, so that they can be imported."""
    return install_dependencies(ROOT / "requirements.txt", "x86_64", ROOT / "build" / "dependencies")


def _uncompiled(folder: Path) -> list[Path]:
    magic = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little")
    compiled = {path.parent.parent / path.name.split(".")[0]: path for path in folder.rglob("__pycache__/*.pyc")}
    return [
        source.relative_to(folder)
        for source in folder.rglob("*.py")
        if source.with_suffix("") not in compiled or compiled[source.with_suffix("")].read_bytes()[:8] != magic
    ]


def test_local_package_is_code_alone(local: Package) -> None:
    content = local.code.parent / "content"
    assert {path.name for path in content.iterdir()} == {"__pycache__", "app.py", "chalice", "chalicelib"}
    assert local.zipped_mb < 4


def test_package_carries_bytecode_for_all_modules(local: Package, dependencies: Path) -> None:
    assert _uncompiled(local.code.parent / "content") == []
    assert _uncompiled(dependencies) == []


def test_same_sources_make_the_same_file(local: Package, tmp_path: Path) -> None:
    assert package("local", build=tmp_path / "local").code.read_bytes() == local.code.read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="the package is for Lambda's platform")
def test_everything_imports_from_the_package_alone(local: Package, dependencies: Path) -> None:
    script = IMPORT_ALL.format(
        path=[str(local.code.parent / "content"), str(dependencies)], services=sorted(AWS_SERVICES)
    )
    result = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "[]\n", "")


def test_nothing_is_left_out_that_is_not_locked() -> None:
    lock = (ROOT / "requirements.txt").read_text()
    assert [name for name in NOT_SHIPPED if f"{name}==" not in lock] == []


def test_aws_stages_run_on_arm() -> None:
    assert {read_stage(stage).architecture for stage in ("dev", "staging", "prod")} == {"arm64"}
