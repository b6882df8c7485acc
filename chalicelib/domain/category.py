"""Categories: what preferences, budgets and digests hang on."""

from typing import Final

from chalicelib.domain.value import Value


class Category(Value, frozen=True):
    """A category of notifications."""

    key: str
    name: str
    description: str | None = None
    version: int = 1


BUILT_IN: Final = tuple(
    Category(key=key, name=key.capitalize(), description=description)
    for key, description in (
        ("alert", "Something is wrong and somebody should act"),
        ("marketing", "Offers and news that nobody waits for"),
        ("system", "About the service itself: maintenance, new conditions"),
        ("transactional", "What follows from what the recipient did: orders, payments, passwords"),
    )
)
"""The categories that every tenant has, in order of key."""
