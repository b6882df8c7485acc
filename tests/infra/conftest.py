"""The templates that would be deployed, as Chalice and the fragments make them."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.merge import read_stage
from infra.package import ROOT, write_template

Template = dict[str, Any]


@pytest.fixture(scope="session")
def template_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what writes a stage's template, once, and gives its path."""

    @cache
    def write(stage: str) -> Path:
        return write_template(read_stage(stage), ROOT, tmp_path_factory.mktemp(stage))

    return write


@pytest.fixture(params=["local", "prod"])
def template(request: pytest.FixtureRequest, template_of: Callable[[str], Path]) -> Template:
    """The template of a stage on MiniStack, and of one on AWS."""
    content: Template = json.loads(template_of(request.param).read_text())
    return content
