"""docs/adding-a-provider.md is the whole truth: its three files, put where it says, pass the contract."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEEDED = ("chalicelib", "infra", "tests/contract", "tests/unit/providers", "tests/build.py", "pyproject.toml")
PLACES = (
    "chalicelib/providers/sms/pling.py",
    "infra/local/sandbox/vendors/pling.py",
    "tests/contract/cases/pling.py",
)


def copy_project(to: Path) -> None:
    for name in NEEDED:
        source, target = ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def run_contract(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    command = [sys.executable, "-m", "pytest", "-q", "-k", "pling or case", "tests/contract/test_contract.py"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_the_pages_provider_passes_the_contract(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "adding-a-provider.md").read_text()
    files = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    copy_project(tmp_path)
    for place, content in zip(PLACES, files, strict=True):
        assert place in page
        (tmp_path / place).write_text(content)

    complete = run_contract(tmp_path)
    (tmp_path / PLACES[-1]).unlink()
    without_case = run_contract(tmp_path)

    assert complete.returncode == 0, complete.stdout
    assert re.search(r"\d\d passed", complete.stdout)
    assert "test_every_provider_has_a_case" in without_case.stdout
    assert "1 failed" in without_case.stdout
