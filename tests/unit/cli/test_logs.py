import json

import pytest

from infra.cli.logs import complaint_in

TRACE = """Traceback (most recent call last):
  File "code/chalicelib/api/serve.py", line 64, in _answer
    raise ValueError("ValueError: here too")
pydantic_core.ValidationError: 1 validation error for Answer
field
  Field required"""


def entry(**fields: object) -> str:
    return json.dumps({"level": "ERROR", "message": "A view failed", **fields})


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (entry(), "A view failed"),
        (entry(level="WARNING", message="Nudged"), "Nudged"),
        (entry(level="INFO"), None),
        (
            entry(exception=TRACE, exception_name="ValidationError"),
            "A view failed: pydantic_core.ValidationError: 1 validation error for Answer",
        ),
        ("2026-11-21 Task timed out after 5.00 seconds\n", "2026-11-21 Task timed out after 5.00 seconds"),
        ("START RequestId: 1 Version: $LATEST", None),
        ("[1, 2]", None),
    ],
)
def test_trouble_is_told_from_what_is_usual(line: str, complaint: str | None) -> None:
    assert complaint_in(line) == complaint
