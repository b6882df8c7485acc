"""The files that go with an e-mail: got when it goes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from chalicelib.channels.base import MailFile, UnshapeableError
from chalicelib.domain.content import Attachment
from chalicelib.domain.ids import TenantId
from chalicelib.domain.words import Reason
from chalicelib.services.attachment_rules import is_own

MOST_BYTES: Final = 10 * 1024 * 1024
"""Of all files of one e-mail: what most mailboxes take, once they are encoded and their neighbors are with them."""


class TooLargeError(Exception):
    """The file is larger than asked for."""


class Storage(Protocol):
    """Where files lie."""

    def read(self, key: str, most: int) -> bytes | None:
        """Return a file's content, None when there is no such file; raises TooLargeError above `most` bytes.

        Whatever else keeps it from being read is raised as it is: it passes.
        """


@dataclass(frozen=True, slots=True)
class Attach:
    """Gets the files of an e-mail that is about to go out."""

    storage: Storage
    take_turn: Callable[[], None]
    """Waits until there is memory for them."""

    def __call__(self, tenant: TenantId, attachments: Sequence[Attachment]) -> tuple[MailFile, ...]:
        """Return the files.

        Raises
        ------
        UnshapeableError
            `attachment_missing`: there is none of this key, or it is empty; `attachment_too_large`: together they have
            more than `MOST_BYTES`.
        """
        self.take_turn()
        files: list[MailFile] = []
        left = MOST_BYTES
        for attachment in attachments:
            content = self._read(tenant, attachment.key, left)
            left -= len(content)
            files.append(MailFile(name=attachment.name, type=attachment.type, content=content))
        return tuple(files)

    def _read(self, tenant: TenantId, key: str, most: int) -> bytes:
        # Asked again here: nothing that lies in the table may lead to another tenant's files.
        try:
            content = self.storage.read(key, most) if is_own(key, tenant) else None
        except TooLargeError as error:
            raise UnshapeableError(Reason.ATTACHMENT_TOO_LARGE) from error
        if not content:
            raise UnshapeableError(Reason.ATTACHMENT_MISSING)
        return content
