"""What one semantic is given: how strong it is, its chance, and where it tells what it did."""

from dataclasses import dataclass
from typing import NoReturn

from tests.aws_semantics.dice import Dice
from tests.aws_semantics.record import Kind, Record, ViolationError


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting of the semantic `name`; what `amount` measures is said in its module."""

    name: str
    amount: float
    dice: Dice
    record: Record

    def hits(self, operation: str) -> bool:
        """Whether this call of an operation is one of the share `amount`."""
        return self.dice.throw(operation) < self.amount

    def note(self, operation: str, detail: str = "") -> None:
        """Tell that the semantic took effect."""
        self.record.note(Kind.EFFECT, self.name, operation, detail)

    def violated(self, operation: str, detail: str) -> NoReturn:
        """Tell that code broke the rule, and stop it by ViolationError."""
        self.record.note(Kind.VIOLATION, self.name, operation, detail)
        raise ViolationError(f"{self.name}: {operation}: {detail}")
