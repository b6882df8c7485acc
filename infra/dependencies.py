"""What the functions import, from the locked requirements, for the processor they run on.

Wheels are fetched for Lambda's platform whatever machine this is, each checked against its hash. Only what is ever
imported ships: the vendors' SDKs declare far more than the calls we make need. tests/infra imports everything from
the package alone to prove it.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from infra import aws_descriptions
from infra.aws_descriptions import cut_down

NOT_SHIPPED: Final = frozenset(
    {
        # firebase-admin needs these for databases and files; its messaging speaks HTTP by requests and httpx.
        *("google-api-core", "google-cloud-core", "google-cloud-firestore", "google-cloud-storage", "google-crc32c"),
        *("google-resumable-media", "googleapis-common-protos", "grpcio", "grpcio-status", "proto-plus", "protobuf"),
        "opentelemetry-api",
        # twilio needs these for its asynchronous client.
        *("aiohappyeyeballs", "aiohttp", "aiohttp-retry", "aiosignal", "frozenlist", "multidict", "propcache", "yarl"),
    }
)
AWS_SERVICES: Final = frozenset(
    {
        *("cognito-idp", "dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "sesv2", "sns", "sqs"),
        *("stepfunctions", "sts"),
    }
)
"""The services that functions call, as botocore's data folders are named."""

_PLATFORMS: Final = {
    architecture: (*(f"manylinux_2_{minor}_{processor}" for minor in range(26, 16, -1)), f"manylinux2014_{processor}")
    for architecture, processor in (("x86_64", "x86_64"), ("arm64", "aarch64"))
}
"""Wheels for the C library of Lambda's Python 3.11 (2.26) or any older one.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""


def install_dependencies(requirements: Path, architecture: str, cache: Path) -> Path:
    """Return a folder with what ships, made at most once per content of `requirements` and of the rules."""
    wanted = _shipped(requirements.read_text())
    rules = "".join(Path(file).read_text() for file in (__file__, aws_descriptions.__file__))
    digest = hashlib.sha256((wanted + rules + sys.version).encode()).hexdigest()[:16]
    target = cache / f"{architecture}-{digest}"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache, prefix="unfinished-", ignore_cleanup_errors=True) as folder:
            unfinished = Path(folder) / "site"
            _fill(unfinished, wanted, _PLATFORMS[architecture])
            # Another process may have made the same meanwhile: one is as good as the other.
            with suppress(OSError):
                unfinished.rename(target)
    return target


def _fill(site: Path, wanted: str, platforms: Sequence[str]) -> None:
    site.mkdir()
    lock = site / "requirements.txt"
    lock.write_text(wanted)
    _install(lock, site, platforms)
    lock.unlink()
    _trim(site)
    compile_bytecode(site)


def compile_bytecode(folder: Path) -> None:
    """Compile all modules to bytecode that Python takes without looking at the source.

    Wheels carry none and Lambda's disk is read-only, so without it every cold start would compile anew.
    """
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, "-s", str(folder), "-p", "/var/task", str(folder)], check=True)


def _shipped(lock: str) -> str:
    """Return the lock file without what is not shipped."""
    entries = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    return "".join(entry for entry in entries if entry.split("==")[0] not in NOT_SHIPPED)


def _install(lock: Path, target: Path, platforms: Sequence[str]) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
    wheels = ["--only-binary=:all:", "--no-deps", "--implementation=cp", f"--python-version={version}"]
    wheels += [f"--platform={platform}" for platform in platforms]
    command += [*wheels, "--require-hashes", f"--target={target}", "-r", str(lock)]
    subprocess.run(command, check=True)


def _trim(folder: Path) -> None:
    """Remove what no import needs: descriptions of other AWS services, type stubs, tests, commands."""
    for package in ("botocore", "boto3"):
        cut_down(folder / package / "data", AWS_SERVICES)
    for name in ("bin", "test", "tests", "boto3/examples"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for stub in folder.rglob("*.pyi"):
        stub.unlink()
