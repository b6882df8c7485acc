"""What AWS charges for, and how much: bench/prices.toml, typed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

FILE: Final = Path(__file__).parent.parent / "prices.toml"


class Charge(StrEnum):
    """Something that AWS charges for, as prices.toml names it."""

    API_REQUEST = "api_request"
    LAMBDA_REQUEST = "lambda_request"
    LAMBDA_GB_SECOND = "lambda_gb_second"
    WRITE_UNIT = "write_unit"
    READ_UNIT = "read_unit"
    TABLE_GB_MONTH = "table_gb_month"
    BACKUP_GB_MONTH = "backup_gb_month"
    SNS_REQUEST = "sns_request"
    SQS_REQUEST = "sqs_request"
    SQS_FAIR = "sqs_fair"
    EVENT = "event"
    TRANSITION = "transition"
    LOG_GB = "log_gb"
    KMS_REQUEST = "kms_request"
    KMS_KEY_MONTH = "kms_key_month"
    SECRET_MONTH = "secret_month"  # noqa: S105 (the name of a charge)


@dataclass(frozen=True)
class Latency:
    """How long a function waits for others, in seconds: assumed, since an emulator is not AWS."""

    vendor: float
    table: float
    other: float


@dataclass(frozen=True)
class Prices:
    """Dollars for one of each, and what is assumed beside them."""

    of: Mapping[Charge, float]
    sources: Mapping[Charge, str]
    latency: Latency

    @classmethod
    def read(cls, file: Path = FILE) -> Self:
        """Return the prices in a file; ValueError or KeyError when one is missing or unknown."""
        told = tomllib.loads(file.read_text())
        prices = {Charge(name): entry for name, entry in told["prices"].items()}
        missing = set(Charge) - prices.keys()
        if missing:
            raise ValueError(f"no price for {', '.join(sorted(missing))}")
        return cls(
            of={charge: entry["dollars"] / entry["per"] for charge, entry in prices.items()},
            sources={charge: entry["source"] for charge, entry in prices.items()},
            latency=Latency(**{name: milliseconds / 1_000 for name, milliseconds in told["latency_ms"].items()}),
        )
