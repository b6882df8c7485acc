"""What local stacks are called, and the commands for one of them."""

from typing import Final

DEFAULT_NAME: Final = "main"


def command_for(name: str, command: str) -> str:
    """Return how one types a command for the stack of this name."""
    chosen = "" if name == DEFAULT_NAME else f" --name {name}"
    return f".venv/bin/herald {command}{chosen}"
