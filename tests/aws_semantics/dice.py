"""Chance that is the same whenever the seed is: the nth throw for an operation always shows the same number."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from itertools import count
from typing import Final

_SIXTY_FOUR_BITS: Final = 2**64
_SUFFIX: Final = re.compile(r"-[A-Z0-9]{10,14}\Z")
"""What CloudFormation makes up for each deployment."""


def share(*parts: object) -> float:
    """Return a number in [0, 1) that depends on `parts` alone."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _SIXTY_FOUR_BITS


def process_name() -> str:
    """Return the Lambda function that this process runs, the same in each deployment; empty when it runs none."""
    return _SUFFIX.sub("", os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))


class Dice:
    """The throws of one semantic in this process. Lambda functions throw differently, environments of one alike."""

    def __init__(self, *parts: str) -> None:
        self._parts = (*parts, process_name())
        self._throws: defaultdict[str, Iterator[int]] = defaultdict(count)

    def throw(self, operation: str) -> float:
        """Return the next number in [0, 1) for an operation."""
        return share(*self._parts, operation, next(self._throws[operation]))

    def weigh(self, thing: str) -> float:
        """Return the number in [0, 1) of a thing, the same each time and in every function."""
        return share(*self._parts[:-1], thing)
