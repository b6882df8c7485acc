"""What can go wrong while a command runs, as sentences for whoever typed it."""


class CommandError(Exception):
    """A command could not do its work. The message is a sentence that says why and, where one can, what to do."""


class ProblemError(CommandError):
    """The API refused a call. `code` is the problem's stable code, `status` that of HTTP."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
