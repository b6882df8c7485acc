"""What Lambda hands to workers, and tells them of themselves."""

from dataclasses import dataclass
from typing import Any

from chalicelib.services.messages import encode
from chalicelib.services.ports import NotificationRef


@dataclass
class Context:
    """A running function with some time left, in milliseconds."""

    remaining: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def messages(*bodies: str | NotificationRef) -> dict[str, Any]:
    """Return the event of a batch of queue messages; their ids are m0, m1, …"""
    texts = [encode(body) if isinstance(body, NotificationRef) else body for body in bodies]
    return {"Records": [{"messageId": f"m{number}", "body": text} for number, text in enumerate(texts)]}


def kept(answer: Any) -> list[str]:
    """Return the ids of the messages that stay in their queue."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def stream(*keys: str, **told: Any) -> dict[str, Any]:
    """Return the event of a batch of stream records with these partition keys."""
    return {"Records": [record(key, **told) for key in keys]}


def record(key: str, **told: Any) -> dict[str, Any]:
    """Return one stream record."""
    keys = {"PK": {"S": key}, "SK": {"S": "R"}}
    return {"eventID": key, "eventName": "INSERT", "dynamodb": {"Keys": keys, **told}}
