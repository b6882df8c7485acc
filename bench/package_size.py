"""The package as it is deployed: how large it is, and one like it that this machine can import."""

import platform
import shutil
from pathlib import Path
from typing import Final

from bench.budgets import PACKAGE, Result, Unit
from infra.package import Package, package

STAGE: Final = "prod"
_ARCHITECTURES: Final = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def measure_size(folder: Path) -> tuple[Result, Package]:
    """Package the production stage into `folder`; return how large it is unzipped, and the package."""
    built = package(STAGE, build=folder)
    shutil.rmtree(folder / "content")
    return Result(("package_mb",), f"package of {STAGE}, unzipped", built.unzipped_mb, Unit.MEGABYTES, PACKAGE), built


def importable_content(folder: Path) -> Path:
    """Package the production stage for this machine's processor into `folder`; return what Lambda would unzip."""
    package(STAGE, build=folder, architecture=_ARCHITECTURES[platform.machine()])
    return folder / "content"
