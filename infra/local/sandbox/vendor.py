"""What a vendor of the sandbox is, and how vendors are found."""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from infra.local.sandbox import vendors
from infra.local.sandbox.web import Answer, Request

Accounts = Mapping[str, Mapping[str, Any]]
"""By vendor the credentials it accepts, under the names that Herald's provider settings give them."""


class Vendor(ABC):
    """A vendor's HTTP API. A subclass in `vendors/<name>.py` is all that is needed to add one.

    It answers as the vendor documents, from the request alone: ids and time come with the request.
    """

    name: ClassVar[str]
    """The name of its file."""
    hosts: ClassVar[frozenset[str]]
    documentation: ClassVar[str]
    """Address of the vendor's page that the file follows."""
    access_route: ClassVar[str | None] = None
    """How the path of a request ends that only asks for access: it holds credentials and sends nothing, so it is
    neither recorded nor made to fail. None where there is none.
    """

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return fresh credentials, empty for a vendor that needs none of its own."""
        return {}

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Check a request as strictly as the vendor does and answer it."""

    @abstractmethod
    def failure(self, status: int) -> Answer:
        """Return the vendor's own words for an error `status`."""


def find_vendors() -> dict[str, type[Vendor]]:
    """Return the class of each file in `vendors/`, by file name."""
    return {module.name: _vendor_in(module.name) for module in pkgutil.iter_modules(vendors.__path__)}


def _vendor_in(name: str) -> type[Vendor]:
    module = importlib.import_module(f"{vendors.__name__}.{name}")
    members = (member for member in vars(module).values() if isinstance(member, type))
    found = next(m for m in members if issubclass(m, Vendor) and m.__module__ == module.__name__)
    found.name = name
    return found
