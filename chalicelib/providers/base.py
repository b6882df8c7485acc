"""What every provider is: settings and limits declared on the class, one `send` with a typed result."""

from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec

from chalicelib.channels.base import AlertMessage, EmailMessage, Message, PushMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import ProviderResult, Refused
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard

_ATOM = r"[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]+"
EmailAddress = Annotated[
    str, msgspec.Meta(pattern=rf"^(?=.{{3,254}}\Z){_ATOM}(\.{_ATOM})*@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{{2,}}\Z")
]
"""A setting: an address in ASCII, international domains in punycode."""
SenderName = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,100}\Z")]
"""A setting: a name that fits into a header, on one line."""

ApiKey = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]+\Z")]
"""A credential: it goes into a header, where the line break that was pasted with it could not be sent."""

S = TypeVar("S", bound="ProviderSettings")
M = TypeVar("M", bound=Message)


class Timeouts(Value, frozen=True):
    """How long a vendor may take, in seconds."""

    connect: float = 3.0
    read: float = 10.0

    @property
    def total(self) -> float:
        """The longest a call may take."""
        return self.connect + self.read


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Base of a provider's settings: plain ones and credentials together, as the provider reads them.

    A rule between fields goes into `__post_init__`, which raises ValueError. Printed, settings never show a value.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class SettingError(ValueError):
    """A setting may not be stored. `pointer` is of an object with the members `settings` and `credentials`."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.code = code


class Provider(ABC, Generic[S, M]):
    """A vendor. A subclass in `providers/<channel>/<vendor>.py` is all that is needed to add one.

    `secrets` names the settings (by their JSON names) that are credentials: they are sealed and never shown again.
    The limits are the vendor's, as documented; None where it names none. An instance serves one tenant's settings, from
    several threads at once, for as long as a worker lives. Making one may load the SDK, and raises ValueError for
    settings that only the SDK finds wrong.
    """

    channel: ClassVar[Channel]
    vendor: ClassVar[str]
    settings_type: ClassVar[type[ProviderSettings]]
    secrets: ClassVar[frozenset[str]] = frozenset()
    documentation: ClassVar[str]
    """Address of the vendor's page that the file follows."""
    capabilities: ClassVar[tuple[str, ...]]
    """What the file makes of the vendor, in a few words each, for the table in docs/providers.md."""
    through: ClassVar[str | None] = None
    """The library that speaks to many vendors in our place; None for a file of our own."""
    example: ClassVar[dict[str, Any]]
    """Settings and credentials together, as a tenant would give them: what tests and documents make one with."""
    character_limit: ClassVar[int | None] = None
    """Characters of the text of one message."""
    byte_limit: ClassVar[int | None] = None
    """Bytes of one message, text, HTML and attachments (as they are encoded) together."""
    token_limit: ClassVar[int | None] = None
    """Devices reached by one call."""
    guarded: ClassVar[bool] = False
    """Whether the settings name the host: the constructor then takes a guard, and every connection passes it."""

    def __init__(self, settings: S, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        self.settings = settings
        self.timeouts = timeouts
        self.guard = guard
        self.tenant: TenantId | None = None

    def belong_to(self, tenant: TenantId) -> None:
        """Take note of whose settings these are; whoever keeps instances says it once, before the first call."""
        self.tenant = tenant

    @classmethod
    def check(cls, settings: S, guard: HostGuard = PUBLIC_ONLY) -> None:
        """Raise SettingError for settings that nobody but the vendor's own library, or the guard, can tell are wrong.
        Calls nobody.
        """

    @abstractmethod
    def send(self, message: M) -> ProviderResult:
        """Make one call and say what became of it. Raises nothing for what vendor or network do."""

    def probe(self) -> ProviderResult | None:
        """Make a call that costs nothing and reaches nobody, to see whether the settings work; None where the vendor
        has no such call. Raises nothing, as `send`.
        """
        return None

    def exceeds_limits(self, message: Message) -> bool:
        """Tell whether the vendor would refuse `message` for its size."""
        characters, bytes_, tokens = _size(message)
        limits = ((characters, self.character_limit), (bytes_, self.byte_limit), (tokens, self.token_limit))
        return any(limit is not None and size > limit for size, limit in limits)


def misconfigured(code: str) -> Refused:
    """Return the result of a call that this provider cannot make, by its settings or by what its vendor can: it says
    nothing of the vendor's health, and the next provider is tried.
    """
    return Refused(kind=AttemptOutcome.MISCONFIGURED, code=code)


def _size(message: Message) -> tuple[int, int, int]:
    """Return the characters, the bytes and the device tokens of a message."""
    match message:
        case EmailMessage():
            texts = len(message.text.encode()) + len((message.html or "").encode())
            # In base64, four characters stand for three bytes.
            files = sum(4 * -(-len(file.content) // 3) for file in message.attachments)
            return len(message.text), texts + files, 0
        case AlertMessage():
            return len(message.summary), len(msgspec.json.encode(message)), 0
        case PushMessage():
            return len(message.body), len(message.body.encode()), len(message.tokens)
        case _:
            return len(message.text), len(message.text.encode()), 0
