"""Makes a deployable stage of the sources: build/<stage>/template.json and the deployment.zip it names.

Chalice reads the app and generates functions, roles and the REST API; merge.py's fragments are merged in. On AWS
stages the dependencies are laid beside the code. On MiniStack the workers run in the project's own environment, so
the code alone is enough and a deployment takes seconds.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from infra.dependencies import compile_bytecode, install_dependencies
from infra.merge import Function, Stage, merge_fragments, read_stage

ROOT: Final = Path(__file__).parent.parent
UNZIPPED_LIMIT_MB: Final = 200
"""Lambda allows 250 MB."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class PackageTooLargeError(Exception):
    """The package is larger than we allow it to be."""


@dataclass(frozen=True)
class Package:
    """A packaged stage. Sizes in MB."""

    stage: str
    template: Path
    code: Path
    unzipped_mb: float

    @property
    def zipped_mb(self) -> float:
        """Size of the file that is uploaded."""
        return self.code.stat().st_size / 1e6


def package(name: str, root: Path = ROOT, build: Path | None = None, architecture: str | None = None) -> Package:
    """Package the stage `name` of the sources at `root`, into `build`; raises PackageTooLargeError.

    `architecture` is the processor to package for, if it is not to be the stage's own.
    """
    stage = read_stage(name)
    if architecture is not None:
        stage = replace(stage, values={**stage.values, "architecture": architecture})
    build = build or root / "build" / name
    shutil.rmtree(build, ignore_errors=True)
    template = write_template(stage, root, build)
    content = build / "content"
    code = build / "deployment.zip"
    with zipfile.ZipFile(code) as archive:
        archive.extractall(content)
    compile_bytecode(content)
    if not stage.is_local:
        dependencies = install_dependencies(
            root / "requirements.txt", stage.architecture, root / "build" / "dependencies"
        )
        shutil.copytree(dependencies, content, dirs_exist_ok=True)
    unzipped = sum(file.stat().st_size for file in content.rglob("*") if file.is_file()) / 1e6
    if unzipped > UNZIPPED_LIMIT_MB:
        raise PackageTooLargeError(f"{unzipped:.0f} MB unzipped, {UNZIPPED_LIMIT_MB} MB allowed")
    _zip(content, code)
    return Package(name, template, code, unzipped)


def write_template(stage: Stage, root: Path, build: Path) -> Path:
    """Write the stage's whole template, and the code alone to build/deployment.zip; return the template's path."""
    source = build / "source"
    _copy_source(stage, root, source)
    extras = build / "extras.json"
    extras.write_text(json.dumps(merge_fragments(stage), indent=1))
    chalice = [sys.executable, "-c", "from chalice.cli import main; raise SystemExit(main())"]
    command = [*chalice, "--project-dir", str(source), "package", "--stage", stage.name]
    command += ["--merge-template", str(extras), str(build)]
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return (build / "sam.json").rename(build / "template.json")


def _copy_source(stage: Stage, root: Path, source: Path) -> None:
    """Lay out a Chalice project without requirements.txt, so that Chalice packs the code alone."""
    unwanted = shutil.ignore_patterns("__pycache__", "ruff.toml")
    shutil.copytree(root / "chalicelib", source / "chalicelib", ignore=unwanted)
    shutil.copy(root / "app.py", source)
    policies = source / ".chalice" / "policies"
    policies.mkdir(parents=True)
    config = json.loads((root / ".chalice" / "config.json").read_text())
    config["lambda_functions"] = {function.name: _configure(function) for function in stage.functions}
    config["stages"][stage.name]["lambda_architecture"] = stage.architecture
    (source / ".chalice" / "config.json").write_text(json.dumps(config))
    for function in stage.functions:
        policy = stage.render(root / ".chalice" / "policies" / function.policy, lane=function.lane)
        (policies / f"{function.name}.json").write_text(policy)


def _configure(function: Function) -> dict[str, str]:
    return {"iam_policy_file": f"policies/{function.name}.json"}


def _zip(folder: Path, target: Path) -> None:
    """Zip a folder so that the same content makes the same file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
