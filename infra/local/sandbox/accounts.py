"""The accounts that the vendors of a sandbox know: made once for a folder, then read by whoever needs credentials."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def open_accounts(file: Path, makers: Mapping[str, Callable[[], dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the accounts in `file`, after adding new ones of the vendors it lacks."""
    known = read_accounts(file) if file.exists() else {}
    accounts = {name: known.get(name) or make() for name, make in makers.items()}
    file.touch(mode=0o600)
    file.write_text(json.dumps(accounts, indent=2))
    return accounts


def read_accounts(file: Path) -> dict[str, dict[str, Any]]:
    """Return the accounts in `file`."""
    accounts: dict[str, dict[str, Any]] = json.loads(file.read_text())
    return accounts
