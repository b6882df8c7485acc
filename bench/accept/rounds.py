"""Sends to the API function, and bare writes of the same item, taking turns in one process; prints the CPU of each.

Started by measure.py in an environment whose table is table.py. The log goes where the function's log goes, to
standard output; the result goes to the file that is named as the argument.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import boto3
import botocore
from botocore.session import Session

from bench.accept.table import TENANT
from chalicelib.auth.context import to_context
from chalicelib.domain.ids import ClientId
from chalicelib.domain.principal import Principal, PrincipalKind
from chalicelib.domain.words import Scope

WARM_UP: Final = 100
TURNS: Final = 40
A_TURN: Final = 25
ROUTE: Final = "/api/v1/services/notifications/send"
BODY: Final = {
    "recipients": [{"userId": "u1", "userType": "customer", "email": "ann@example.com"}],
    "channels": ["email"],
    "type": "order.shipped",
    "content": {"subject": "Your order 42", "body": "It has left our warehouse and will be with you in two days. " * 3},
}
_ACCEPTED: Final = 202


def main(target: Path) -> None:
    """Take turns; write the median CPU of a send and of a write, in seconds, to `target`."""
    written: dict[str, Any] = {}

    def remember(**told: Any) -> None:
        written.update(told["params"])

    def listen(session: Session) -> None:
        session.register("provide-client-params.dynamodb.PutItem", remember)

    botocore.register_initializer(listen)
    send = _send()
    _repeat(send, WARM_UP)
    table, item = written["TableName"], written["Item"]
    client = boto3.client("dynamodb")

    def put() -> None:
        client.put_item(TableName=table, Item=item)

    _repeat(put, WARM_UP)
    pairs = [(_repeat(send, A_TURN), _repeat(put, A_TURN)) for _ in range(TURNS)]
    sends, puts = (statistics.median(times) for times in zip(*pairs, strict=True))
    target.write_text(json.dumps({"send": sends, "put": puts}))


def _repeat(call: Callable[[], None], times: int) -> float:
    """Return the CPU that one call takes, in seconds, over some of them."""
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times


def _send() -> Callable[[], None]:
    from app import app

    event = _event()

    def send() -> None:
        answer = app(event, None)
        if answer["statusCode"] != _ACCEPTED:
            raise RuntimeError(f"the send was answered with {answer}")

    return send


def _event() -> dict[str, Any]:
    """Return what API Gateway hands to the function for a send."""
    service = Principal(
        kind=PrincipalKind.SERVICE, tenants=(TENANT,), client_id=ClientId("orders"), scopes=frozenset({Scope.SEND})
    )
    return {
        "resource": ROUTE,
        "path": ROUTE,
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "Accept": "*/*", "User-Agent": "orders/1.0"},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": json.dumps(BODY),
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": ROUTE,
            "httpMethod": "POST",
            "path": ROUTE,
            "stage": "prod",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": to_context(service),
        },
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
