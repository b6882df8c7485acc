"""Requests to a vendor of the sandbox without a network in between."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request

AT = 1_800_000_000.0
ID = "0123456789abcdef0123456789abcdef"


def ask(vendor: Vendor, url: str, body: bytes, headers: Mapping[str, str], method: str = "POST") -> Answer:
    return vendor.answer(Request(method, url, headers, body, ID, AT))


def content_of(answer: Answer) -> Any:
    return json.loads(answer.body)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
