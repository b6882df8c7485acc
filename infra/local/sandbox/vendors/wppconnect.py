"""A WPPConnect server, as its sources are: sessions, and messages of sessions that are connected.

A session that nobody started counts as one that was paired before. Starting one that was logged out shows a code; a
phone "scans" it after it was looked at a few times.
"""

import base64
import hashlib
import re
import secrets
from typing import Any, ClassVar, Final
from urllib.parse import unquote

import msgspec

from infra.local.sandbox.schemas.wppconnect import MESSAGES, File, ToSomebody
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request, json_answer

HOST: Final = "wppconnect.example.com"
NOT_ON_WHATSAPP: Final = "14155550126"
"""The one number without WhatsApp."""
MISSING_HOST: Final = "missing.example.com"
"""The one host where there are no media."""
LOOKS_UNTIL_SCANNED: Final = 3
CONNECTED: Final = "CONNECTED"
_PATH: Final = re.compile(r"/api/(?P<session>[^/]+)/((?P<secret>[^/]+)/)?(?P<route>[a-z-]+)")
_PNG: Final = base64.b64encode(b"\x89PNG\r\n\x1a\n a code").decode()


class WppConnect(Vendor):
    """One server with one secret key, and whatever sessions are named."""

    hosts: ClassVar = frozenset({HOST})
    documentation: ClassVar = "https://wppconnect.io/docs/projects/wppserver/introduction/"
    access_route: ClassVar = "/generate-token"

    def __init__(self, accounts: Any) -> None:
        super().__init__(accounts)
        self._status: dict[str, str] = {}
        self._looks: dict[str, int] = {}

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return the server's address and a secret key."""
        return {"baseUrl": f"https://{HOST}", "secretKey": f"{secrets.token_hex(12)}/+?"}

    def answer(self, request: Request) -> Answer:
        """Check the session's token, then do what the route does."""
        found = _PATH.fullmatch(request.path)
        if found is None:
            return Answer(404, b"<pre>Cannot POST</pre>", {"content-type": "text/html"})
        session, route = found["session"], found["route"]
        if found["secret"] is not None:
            return self._generate_token(session, unquote(found["secret"]))
        if request.bearer_token is None:
            return json_answer(401, {"message": "Token is not present. Check your header and try again"})
        if request.bearer_token != self._token(session):
            return json_answer(401, {"error": "Check that the Session and Token are correct"})
        if route in MESSAGES and request.method == "POST":
            return self._send(session, route, request)
        handlers = {
            ("GET", "status-session"): self._look,
            ("GET", "check-connection-session"): self._check,
            ("POST", "start-session"): self._start,
            ("POST", "logout-session"): self._log_out,
            ("POST", "close-session"): self._close,
        }
        handler = handlers.get((request.method, route))
        return handler(session) if handler else Answer(404, b"<pre>Cannot</pre>", {"content-type": "text/html"})

    def failure(self, status: int) -> Answer:
        """The server's words for whatever went wrong."""
        return json_answer(status, {"status": "Error", "message": "Error sending the message.", "error": {}})

    def _token(self, session: str) -> str:
        digest = hashlib.sha256(f"{session}{self.accounts['wppconnect']['secretKey']}".encode()).hexdigest()
        return f"$2b$10${digest[:53]}"

    def _generate_token(self, session: str, secret: str) -> Answer:
        if secret != self.accounts["wppconnect"]["secretKey"]:
            return json_answer(400, {"response": False, "message": "The SECRET_KEY is incorrect"})
        token = self._token(session)
        return json_answer(201, {"status": "success", "session": session, "token": token, "full": f"{session}:{token}"})

    def _send(self, session: str, route: str, request: Request) -> Answer:
        if self._status.get(session, CONNECTED) != CONNECTED:
            return _disconnected()
        try:
            message = msgspec.json.decode(request.body, type=MESSAGES[route])
        except msgspec.DecodeError as problem:
            # The server checks nothing: what it cannot use makes it stumble.
            return json_answer(500, {"status": "Error", "message": "Error sending the message.", "error": str(problem)})
        if message.phone == NOT_ON_WHATSAPP:
            words = f"O número {message.phone} não existe."
            return json_answer(400, {"response": None, "status": "Connected", "message": words})
        if isinstance(message, File) and (error := _file_error(message)):
            return error
        return _taken(route, message, request)

    def _look(self, session: str) -> Answer:
        status = self._status.get(session, CONNECTED)
        if status == "QRCODE":
            self._looks[session] = looks = self._looks.get(session, 0) + 1
            if looks > LOOKS_UNTIL_SCANNED:
                self._status[session] = status = CONNECTED
        if status == "CLOSED":
            return json_answer(200, {"status": "CLOSED", "qrcode": None})
        code = f"2@{hashlib.sha256(session.encode()).hexdigest()}" if status == "QRCODE" else None
        image = f"data:image/png;base64,{_PNG}" if code else None
        return json_answer(200, {"status": status, "qrcode": image, "urlcode": code, "version": "2.8.11"})

    def _check(self, session: str) -> Answer:
        connected = self._status.get(session, CONNECTED) == CONNECTED
        return json_answer(200, {"status": connected, "message": "Connected" if connected else "Disconnected"})

    def _start(self, session: str) -> Answer:
        before = self._status.get(session, CONNECTED)
        if before == "CLOSED":
            self._status[session], self._looks[session] = "QRCODE", 0
        return json_answer(200, {"status": before, "qrcode": None})

    def _log_out(self, session: str) -> Answer:
        if self._status.get(session, CONNECTED) != CONNECTED:
            return _disconnected()
        self._status[session] = "CLOSED"
        return json_answer(200, {"status": True, "message": "Session successfully closed"})

    def _close(self, session: str) -> Answer:
        if self._status.get(session) == "CLOSED":
            return json_answer(500, {"status": False, "message": "Error closing session", "error": {}})
        self._status[session] = "CLOSED"
        return json_answer(200, {"status": True, "message": "Session successfully closed"})


def _disconnected() -> Answer:
    words = "A sessão do WhatsApp não está ativa."
    return json_answer(404, {"response": None, "status": "Disconnected", "message": words})


def _file_error(file: File) -> Answer | None:
    if not file.path and not file.base64:
        return json_answer(401, {"message": "Sending the file is mandatory"})
    if file.path and (not file.path.startswith("https://") or f"//{MISSING_HOST}/" in file.path):
        return json_answer(500, {"status": "Error", "message": "Error sending the message.", "error": {}})
    return None


def _taken(route: str, message: ToSomebody, request: Request) -> Answer:
    identifier = f"true_{message.phone}@c.us_{request.id[:20].upper()}"
    sent = {"id": identifier, "ack": 1, "to": f"{message.phone}@c.us"}
    if route == "contact-vcard":
        return json_answer(200, {"status": "success", "response": sent}, vendor_id=identifier)
    return json_answer(201, {"status": "success", "response": [sent], "mapper": "return"}, vendor_id=identifier)
