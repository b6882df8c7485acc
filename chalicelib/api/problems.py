"""Errors as callers see them: problem details (RFC 9457) with stable codes of ours and a JSON pointer per fault."""

import json
from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import asdict
from pydantic import ValidationError

from chalicelib.api.models import OWN_CODE
from chalicelib.domain.errors import Fault, HeraldError

MEDIA_TYPE: Final = "application/problem+json"
MOST_FAULTS: Final = 50

_CODES: Final = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_few",
    "too_long": "too_many",
    "string_pattern_mismatch": "malformed",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "timezone_aware": "time_zone_missing",
    "union_tag_invalid": "wrong_type",
    "union_tag_not_found": "wrong_type",
    "int_parsing": "malformed",
    "bool_parsing": "malformed",
    "date_from_datetime_parsing": "malformed",
    "datetime_parsing": "malformed",
    "datetime_from_date_parsing": "malformed",
    "datetime_object_invalid": "malformed",
}
"""Pydantic's names of errors that callers meet, in ours. https://docs.pydantic.dev/latest/errors/validation_errors/"""


def problem(error: HeraldError, request_id: str) -> dict[str, Any]:
    """Return the problem details of an error."""
    details: dict[str, Any] = {
        "type": f"urn:herald:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "instance": request_id,
    }
    if error.faults:
        details["faults"] = [
            {name: value for name, value in asdict(fault).items() if value is not None} for fault in error.faults
        ]
    return details


def problem_json(error: HeraldError, request_id: str) -> str:
    """Return the problem details of an error as JSON."""
    return json.dumps(problem(error, request_id), separators=(",", ":"))


def faults_of(error: ValidationError) -> list[Fault]:
    """Return what pydantic found, in our words; the first `MOST_FAULTS` of it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_FAULTS]
    faults = [Fault(pointer=pointer(entry["loc"]), code=_code(entry["type"]), detail=entry["msg"]) for entry in found]
    return [fault for fault in faults if not _follows(fault, faults)]


def pointer(location: Sequence[int | str]) -> str:
    """Return the JSON pointer (RFC 6901) to a place that pydantic names.

    Left out are the parts that are pydantic's own: `[key]` (the key of the last part is meant) and the tags of unions,
    which we write as `<tag>`.
    """
    parts = (str(part) for part in location if part != "[key]" and not str(part).startswith("<"))
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _follows(fault: Fault, faults: Sequence[Fault]) -> bool:
    # Pydantic does not count the items that are wrong themselves, so a list of one such item is "too short".
    return fault.code == "too_few" and any(other.pointer.startswith(f"{fault.pointer}/") for other in faults)


def _code(type: str) -> str:
    if type.startswith(OWN_CODE):
        return type.removeprefix(OWN_CODE)
    return _CODES.get(type) or ("wrong_type" if type.endswith("_type") else "invalid")
