"""PynamoDB's connection to the table, one for all threads of a process.

PynamoDB turns items and expressions into requests and sends them; its own models are not asked to, because they tie
a class to one table and do not tell what a refused condition met.
"""

from typing import Any, Final

from botocore.session import Session
from pynamodb.connection.base import Connection, MetaTable

from chalicelib.store.access_patterns import FEED, LISTING

CONNECT_TIMEOUT: Final = 2
READ_TIMEOUT: Final = 8
"""Seconds; what times out is asked again up to three times."""
POOL: Final = 32


class SharedConnection(Connection):
    """A connection on the session that the process shares, instead of one session per thread.

    Its client is made here, for making one is not safe when threads do it at the same time.
    """

    def __init__(self, table: str, session: Session) -> None:
        super().__init__(
            connect_timeout_seconds=CONNECT_TIMEOUT,
            read_timeout_seconds=READ_TIMEOUT,
            max_retry_attempts=3,
            max_pool_connections=POOL,
        )
        self.add_meta_table(MetaTable(_schema(table)))
        self._session = session
        _ = self.client

    @property
    def session(self) -> Session:
        """The session that the process shares."""
        return self._session


def _schema(table: str) -> dict[str, Any]:
    columns = [f"{prefix}{part}" for prefix in ("", FEED, LISTING) for part in ("PK", "SK")]
    return {
        "TableName": table,
        "KeySchema": _keys(""),
        "AttributeDefinitions": [{"AttributeName": column, "AttributeType": "S"} for column in columns],
        "GlobalSecondaryIndexes": [{"IndexName": index, "KeySchema": _keys(index)} for index in (FEED, LISTING)],
    }


def _keys(prefix: str) -> list[dict[str, str]]:
    return [{"AttributeName": f"{prefix}PK", "KeyType": "HASH"}, {"AttributeName": f"{prefix}SK", "KeyType": "RANGE"}]
