"""Providers as their cases configure them, without a worker around them."""

from typing import Any, Final

import pytest

from chalicelib.providers.base import Provider
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import provider_class, read_settings
from infra.local.sandbox.client import Sandbox
from tests.contract.case import find_cases
from tests.contract.worker import PATIENT

CASES: Final = find_cases()


def a_provider(
    vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, right: bool = True, **changes: Any
) -> Provider[Any, Any]:
    """Return the vendor's provider in the environment of its case; with wrong credentials unless they are `right`."""
    case = CASES[vendor]
    for name, value in (case.environment(sandbox) if right else case.wrong_environment(sandbox)).items():
        monkeypatch.setenv(name, value)
    credentials = case.credentials(sandbox) if right else case.wrong_credentials(sandbox)
    kind = provider_class(case.channel, vendor)
    settings = read_settings(kind, {**case.settings(sandbox), **credentials, **changes})
    return kind(settings, PATIENT, *([HostGuard(["*"])] if kind.guarded else []))
