"""Feature flags. They are the platform's."""

from chalicelib.domain.flag import Flag
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.table import Table


class FlagRows:
    """`ports.Flags` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, Flag)

    def create(self, flag: Flag) -> None:
        """Store a new flag; raises ExistsError."""
        self._documents.create(keys.flag(flag.name), flag)

    def get(self, name: str) -> Flag | None:
        """Return a flag."""
        return self._documents.get(keys.flag(name))

    def list(self) -> tuple[Flag, ...]:
        """Return all flags, in order of name."""
        return tuple(map(self._documents.read, self._table.query(keys.all_flags())))

    def update(self, flag: Flag) -> Flag:
        """Replace a flag; see `ports.Flags.update`."""
        return self._documents.update(keys.flag(flag.name), flag)

    def delete(self, name: str) -> bool:
        """Remove a flag; False when there was none."""
        return self._documents.delete(keys.flag(name))
