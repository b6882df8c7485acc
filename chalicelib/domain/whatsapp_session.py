"""A tenant's session with WhatsApp, as its server tells of it."""

from chalicelib.domain.value import Millis, Value


class SessionLook(Value, frozen=True):
    """One look at a session. `status` is the server's word, in lower case (`connected`, `qrcode`, `closed`, …).

    While it waits for a phone there is a code: its text, and its picture as a data URL.
    """

    name: str
    status: str
    is_connected: bool
    url_code: str | None = None
    qr_code: str | None = None


class SessionStatus(Value, frozen=True):
    """How a session is. `last_activity`: when it was last seen connected, None if nobody has."""

    look: SessionLook
    last_activity: Millis | None = None


class PairingCode(Value, frozen=True):
    """The code a phone has to scan. At `expires_at` there is another one at the latest; `attempts` is the how-manieth
    it is that was seen of this session, from 1.
    """

    url_code: str
    qr_code: str | None
    expires_at: Millis
    attempts: int
