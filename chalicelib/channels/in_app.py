"""The inbox: everybody has one, and it shows the notification itself, so there is nothing to shape."""

from typing import NoReturn

from chalicelib.channels.base import UnshapeableError
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Reason


def address_fault(_recipient: Recipient) -> None:
    """Tell that every recipient can be reached: the address of an inbox is the user."""


def shape(_request: NotificationRequest, _recipient: Recipient, _tenant: Tenant) -> NoReturn:
    """Refuse: no vendor carries an inbox item.

    Raises
    ------
    UnshapeableError
        Always, `not_a_message`.
    """
    raise UnshapeableError(Reason.NOT_A_MESSAGE)
