"""Versioned documents, such as tenants and providers: replaced as a whole by whoever saw the last version."""

from typing import Generic, TypeVar

from msgspec.structs import replace

from chalicelib.domain.category import Category
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.flag import Flag
from chalicelib.domain.fragment import Fragment
from chalicelib.domain.lookup import Lookup
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rota import Rota
from chalicelib.domain.tenant import ServiceAccount, Tenant
from chalicelib.services.ports import ExistsError, StaleVersionError
from chalicelib.store.access_patterns import Key
from chalicelib.store.models import DocumentItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Raw, Table

D = TypeVar("D", Tenant, ProviderConfig, ServiceAccount, EscalationPolicy, Rota, Fragment, Category, Lookup, Flag)


class Documents(Generic[D]):
    """The documents of one kind in the table."""

    def __init__(self, table: Table, kind: type[D]) -> None:
        self._table = table
        self._kind: type[D] = kind

    def item(self, key: Key, document: D) -> DocumentItem:
        """Return the row of a document."""
        return DocumentItem(*key, version=document.version, body=pack(document))

    def create(self, key: Key, document: D) -> None:
        """Store a new document; raises ExistsError.

        In a transaction, which the table knows again by its token when the answer got lost.
        """
        try:
            self._table.transact(puts=[(self.item(key, document), DocumentItem.pk.does_not_exist())])
        except ConditionFailedError as failed:
            raise ExistsError from failed

    def get(self, key: Key) -> D | None:
        """Return a document."""
        item = self._table.get(DocumentItem, key)
        return unpack(item.body, self._kind) if item else None

    def update(self, key: Key, document: D) -> D:
        """Replace the document of this version, and return it one version on; raises StaleVersionError.

        When the table's answer got lost, its client asked again and met what it had written: that is no conflict.
        """
        next_version = replace(document, version=document.version + 1)
        try:
            self._table.put(self.item(key, next_version), DocumentItem.version == document.version)
        except ConditionFailedError as failed:
            if failed.stored and self.read(failed.stored) == next_version:
                return next_version
            raise StaleVersionError from failed
        return next_version

    def delete(self, key: Key) -> bool:
        """Remove a document; False when there was none."""
        return self._table.delete(key)

    def read(self, row: Raw) -> D:
        """Return the document in a row."""
        document: D = unpack(DocumentItem.from_raw_data(row).body, self._kind)
        return document
