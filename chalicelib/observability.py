"""The log: one JSON object a line, with ids and never with what identifies a person.

Callers log ids only. What slips in all the same, in the message of somebody else's exception, is masked here.
"""

import re
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

MASK: Final = "***"
_PERSONAL: Final = re.compile(
    r"[\w.%+-]+@(?=[\w-]+\.\w)"  # the local part of an e-mail address
    r"|\+[1-9]\d{6,14}\b"  # a phone number (E.164)
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a token (JWS, RFC 7515)
)


def mask(text: str) -> str:
    """Return `text` without e-mail addresses (their domain stays), phone numbers and tokens."""
    return _PERSONAL.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    return f"{MASK}@" if found[0].endswith("@") else MASK


class MaskingFormatter(LambdaPowertoolsFormatter):
    """Powertools' formatter; every line goes through `mask`."""

    def serialize(self, log: Any) -> str:
        """Return the line of a log entry."""
        return mask(super().serialize(log))


_FORMATTER: Final = MaskingFormatter(utc=True, use_rfc3339=True, serialize_stacktrace=False)
logger: Final = Logger(service="herald", logger_formatter=_FORMATTER)
"""The logger of this process; the level comes from LOG_LEVEL."""
