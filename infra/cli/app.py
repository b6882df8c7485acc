"""The `herald` command: its subcommands, and how it says that something went wrong."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from infra.cli.commands import (
    demo,
    explain,
    policies,
    providers,
    release,
    seed,
    send,
    simulate,
    stack,
    tail,
    templates,
    token,
)
from infra.cli.console import stderr
from infra.cli.errors import CommandError
from infra.deployed import DeploymentError
from infra.local import ministack
from infra.local.sandbox import client as sandbox
from infra.package import PackageTooLargeError

EXPECTED: Final = (
    CommandError,
    ministack.NotStartedError,
    sandbox.NotStartedError,
    DeploymentError,
    PackageTooLargeError,
    BotoCoreError,
    ClientError,
    subprocess.CalledProcessError,
)
"""What may go wrong without Herald being wrong: told as a sentence. Anything else is a defect, and its trace helps."""

app: Final = typer.Typer(
    name="herald",
    help="Run Herald on this machine, look inside, and bring it to AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for group in (stack, seed, token, send, simulate, tail, explain, policies, templates, providers, demo, release):
    app.add_typer(group.commands)


def main() -> None:
    """Run the command that was typed; exit with 1 when it could not do its work."""
    try:
        app(prog_name="herald")
    except EXPECTED as error:
        stderr.print(Text.assemble(("✗ ", "red"), sentence(error)), soft_wrap=True)
        sys.exit(1)


def sentence(error: Exception) -> str:
    """Return what went wrong, for whoever typed the command."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"{Path(error.cmd[0]).name} failed with status {error.returncode}; what it said is above."
    if isinstance(error, BotoCoreError | ClientError):
        return f"AWS: {error}"
    return str(error)
