"""What files may go with an e-mail: the tenant's own, and none that is a program."""

from collections.abc import Iterator, Sequence
from typing import Final

from chalicelib.domain.content import Attachment
from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import TenantId

LONGEST_KEY: Final = 1_024
"""Bytes of a key (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html)."""
FORBIDDEN: Final = ("/", "\\", ":", "=?")
"""What no name has: separators of paths, and what a header would be decoded for (RFC 2047 §2)."""
EXTENSIONS: Final[dict[str, frozenset[str]]] = {
    "application/pdf": frozenset({"pdf"}),
    "application/json": frozenset({"json"}),
    "application/xml": frozenset({"xml"}),
    "application/rtf": frozenset({"rtf"}),
    "application/zip": frozenset({"zip"}),
    "application/msword": frozenset({"doc"}),
    "application/vnd.ms-excel": frozenset({"xls"}),
    "application/vnd.ms-powerpoint": frozenset({"ppt"}),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": frozenset({"docx"}),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": frozenset({"xlsx"}),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": frozenset({"pptx"}),
    "application/vnd.oasis.opendocument.text": frozenset({"odt"}),
    "application/vnd.oasis.opendocument.spreadsheet": frozenset({"ods"}),
    "application/vnd.oasis.opendocument.presentation": frozenset({"odp"}),
    "image/png": frozenset({"png"}),
    "image/jpeg": frozenset({"jpg", "jpeg"}),
    "image/gif": frozenset({"gif"}),
    "image/webp": frozenset({"webp"}),
    "image/tiff": frozenset({"tif", "tiff"}),
    "image/bmp": frozenset({"bmp"}),
    "text/plain": frozenset({"txt", "log"}),
    "text/csv": frozenset({"csv"}),
    "text/markdown": frozenset({"md"}),
    "text/calendar": frozenset({"ics"}),
    "text/vcard": frozenset({"vcf"}),
}
"""Media types that may go out, and how the names of their files end: a type alone would let `setup.exe` be a PDF. None
is a program or a page that runs one (HTML, SVG).
"""


def attachment_faults(attachments: Sequence[Attachment], tenant: TenantId, place: str) -> Iterator[Fault]:
    """Yield what is wrong with attachments that stand, in JSON, as a list at `place`."""
    for number, attachment in enumerate(attachments):
        if not is_own(attachment.key, tenant):
            detail = f"A key begins with {tenant}/ and has no empty, . or .. part"
            yield Fault(pointer=f"{place}/{number}/key", code="invalid_key", detail=detail)
        extensions = EXTENSIONS.get(attachment.type)
        if extensions is None:
            detail = "Files of this media type are not sent"
            yield Fault(pointer=f"{place}/{number}/type", code="type_not_allowed", detail=detail)
        elif not _is_name(attachment.name, extensions):
            endings = " or ".join(f".{extension}" for extension in sorted(extensions))
            detail = f"A name has no folder and ends in {endings}, as its media type says"
            yield Fault(pointer=f"{place}/{number}/name", code="invalid_name", detail=detail)


def is_own(key: str, tenant: TenantId) -> bool:
    """Tell whether a key lies below a tenant's own prefix."""
    parts = key.split("/")
    if len(parts) < 2 or parts[0] != tenant or "\\" in key or len(key.encode()) > LONGEST_KEY:  # noqa: PLR2004
        return False
    return not any(part in ("", ".", "..") for part in parts)


def _is_name(name: str, extensions: frozenset[str]) -> bool:
    stem, dot, extension = name.rpartition(".")
    if not stem.strip() or not dot or name != name.strip() or any(said in name for said in FORBIDDEN):
        return False
    return extension.lower() in extensions
