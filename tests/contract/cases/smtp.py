from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_EMAIL


class SmtpCase(Case):
    channel: ClassVar = Channel.EMAIL
    message: ClassVar = AN_EMAIL
    arrives: ClassVar = {
        "from": "shop@example.com",
        "to": ["ann@example.com"],
        "subject": "Your order — Grüße",
        "text": ["It is on its way.", "Bye"],
        "html": "<p>It is on its way. Grüße</p>",
        "sender": '"Shop, Müller & Co." <shop@example.com>',
        "reply_to": "help@example.com",
        "unsubscribe": (
            "<https://herald.example.com/unsubscribe/a_token-1>",
            "List-Unsubscribe=One-Click",
        ),
        "attachments": ["Grüße.pdf", "terms.txt"],
        "tls": True,
        "authenticated": True,
    }
    refusals: ClassVar = (Refusal(replace(AN_EMAIL, to="nobody@example.com"), AttemptOutcome.PERMANENT, "550 5.1.1"),)
    gateways: ClassVar = False
    retry_after: ClassVar = None
    without_credentials: ClassVar = None

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        account = sandbox.accounts["smtp"]
        return {"host": "localhost", "port": sandbox.ports.smtp, "username": account["username"]}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"password": sandbox.accounts["smtp"]["password"]}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"password": "wrong"}

    def nowhere(self, sandbox: Sandbox, port: int) -> tuple[Mapping[str, str], dict[str, Any]]:
        return self.environment(sandbox), {**self.settings(sandbox), "port": port}

    def content(self, record: Record) -> Any:
        body = record.body
        return {
            **{name: body[name] for name in ("from", "to", "subject", "attachments", "tls", "authenticated")},
            "text": body["text"].splitlines(),
            "html": body["html"].strip(),
            "sender": body["headers"]["from"],
            "reply_to": body["headers"]["reply-to"],
            "unsubscribe": (body["headers"]["list-unsubscribe"], body["headers"]["list-unsubscribe-post"]),
        }
