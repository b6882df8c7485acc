"""`herald package` and `herald deploy`: from the sources to a stage."""

from enum import StrEnum
from typing import Annotated

import typer

from infra.cli.console import headline, print_pairs, shown
from infra.cli.errors import CommandError
from infra.cloud import Cloud, find_emulator
from infra.deploy import deploy as deploy_package
from infra.package import ROOT
from infra.package import package as build_package

commands = typer.Typer()


class StageName(StrEnum):
    """The stages."""

    LOCAL = "local"
    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


Stage = Annotated[StageName, typer.Option(help="Which stage.")]
Region = Annotated[str, typer.Option(envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="Which region of AWS.")]
Parameters = Annotated[
    list[str] | None, typer.Option("--parameter", help="A parameter of the template, as in Name=value.")
]


@commands.command(rich_help_panel="Stages")
def package(stage: Stage = StageName.DEV) -> None:
    """Build the template and the code of a stage."""
    headline(f"Packaging {stage}")
    with shown("Package") as note:
        built = build_package(stage)
        note.text = f"{built.unzipped_mb:.0f} MB of code, {built.zipped_mb:.0f} MB zipped"
    made = {"Template": built.template.relative_to(ROOT), "Code": built.code.relative_to(ROOT)}
    print_pairs({name: str(path) for name, path in made.items()})


@commands.command(rich_help_panel="Stages")
def deploy(
    stage: Stage = StageName.DEV,
    region: Region = "us-east-1",
    parameter: Parameters = None,
) -> None:
    """Package a stage and deploy it, to AWS with the credentials of this shell; `local`: to LocalStack or MiniStack."""
    given = parse_parameters(parameter or [])
    cloud = find_emulator() if stage is StageName.LOCAL else Cloud(region=region)
    headline(f"Deploying {stage}")
    with shown("Account") as note:
        note.text = f"{cloud.client('sts').get_caller_identity()['Account']}, {cloud.endpoint or region}"
    with shown("Package") as note:
        built = build_package(stage)
        note.text = f"{built.zipped_mb:.0f} MB zipped"
    with shown("Deploy") as note:
        outputs = deploy_package(built, cloud, given)
        note.text = f"CloudFormation stack {outputs.name}"
    rows = {"API": outputs.api_url, "Documentation": outputs.docs_url, "Tokens": outputs.token_url}
    print_pairs(rows)


def parse_parameters(pairs_given: list[str]) -> dict[str, str]:
    """Return parameters by name; CommandError for one without a value."""
    parsed = dict(pair.partition("=")[::2] for pair in pairs_given if "=" in pair)
    if len(parsed) != len(pairs_given):
        raise CommandError("A parameter is given as Name=value, each once.")
    return parsed
