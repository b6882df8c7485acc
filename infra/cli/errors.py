"""What can go wrong while a command runs, as sentences for whoever typed it."""

from collections.abc import Iterator
from contextlib import contextmanager


class CommandError(Exception):
    """A command could not do its work. The message is a sentence that says why and, where one can, what to do."""


class ProblemError(CommandError):
    """The API refused a call. `code` is the problem's stable code, `status` that of HTTP."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@contextmanager
def files_told(done: str) -> Iterator[None]:
    """Have CommandError say which file could not be `done` ("read", "written"), and why."""
    try:
        yield
    except FileExistsError as error:
        # Only folders are made where something may be.
        raise CommandError(f"{error.filename} is no folder.") from error
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be {done}: {error.strerror}.") from error
