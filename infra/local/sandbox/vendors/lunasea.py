"""LunaSea's notification service: custom notifications. Some ids stand for errors: see SPECIAL_IDS."""

import json
import re
from typing import ClassVar, Final

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import JSON_TYPE, Answer, Request, json_answer

SPECIAL_IDS: Final = {"gone-": (404, "Invalid User ID"), "empty-": (400, "No Devices Found")}
"""How an account's id begins, and what is answered."""
_PATH: Final = re.compile(r"/v1/custom/(?P<kind>user|device)/(?P<id>[^/]+)")


class Lunasea(Vendor):
    """Knows every device and nearly every account. It names nothing that it takes."""

    hosts: ClassVar = frozenset({"notify.lunasea.app"})
    documentation: ClassVar = (
        "https://github.com/JagandeepBrar/lunasea-notification-service/blob/master/src/modules/custom/controller.ts"
    )

    def answer(self, request: Request) -> Answer:
        """Check the address and the form; titles and bodies are optional."""
        path = _PATH.fullmatch(request.path)
        if path is None or request.method != "POST":
            return _page(404, f"Cannot {request.method} {request.path}")
        if request.media_type != JSON_TYPE or not _is_object(request.body):
            return _page(400, "SyntaxError")
        for beginning, (status, message) in SPECIAL_IDS.items():
            if path["kind"] == "user" and path["id"].startswith(beginning):
                return json_answer(status, {"message": message})
        return json_answer(200, {"message": "OK"})

    def failure(self, status: int) -> Answer:
        """JSON with a message."""
        return json_answer(status, {"message": "Internal Server Error"})


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _page(status: int, text: str) -> Answer:
    return Answer(status, f"<!DOCTYPE html><pre>{text}</pre>".encode(), {"content-type": "text/html"})
