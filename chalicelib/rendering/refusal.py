"""What is wrong with one source, and where in it."""


class RefusalError(Exception):
    """A source cannot be used. `code` and `detail` are those of the fault; `index` is of the character it is about."""

    def __init__(self, code: str, detail: str, index: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.index = index
