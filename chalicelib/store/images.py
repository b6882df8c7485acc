"""Rows as the table's stream and refused conditions show them."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.state import NotificationState
from chalicelib.store.models import StateItem


def state_from_image(image: Mapping[str, Any]) -> NotificationState:
    """Return the state in the image of a row (DynamoDB's JSON); raises ValueError when the row is no state."""
    return StateItem.from_raw_data(dict(image)).state
