"""Answers that the service would have given."""

import json
from io import BytesIO
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Answer = tuple[AWSResponse, dict[str, Any]]
"""What botocore takes for an answered call: the HTTP response and what was parsed of it."""
OK: Final = 200
ERROR: Final = 300
"""botocore takes this status, and any above, for an error."""
_NOBODY: Final = "http://nobody.invalid/"


def answer(parsed: dict[str, Any], status: int = OK) -> Answer:
    """Return the answer to a call that is not to reach the service (for `before-call`, beyond botocore's retries)."""
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0}
    return _response(_NOBODY, status, b""), {**parsed, "ResponseMetadata": metadata}


def refusal(code: str, message: str, status: int = 400) -> Answer:
    """Return the answer to a call that the service refuses (for `before-call`)."""
    return answer({"Error": {"Code": code, "Message": message}}, status)


def refuse_to_take(request: AWSPreparedRequest, code: str, **fields: Any) -> AWSResponse:
    """Return DynamoDB's response to a request that it does not take now (for `before-send`, so botocore may retry)."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **fields}
    # Every listener of `before-send` is asked, moto too, which would do what is refused here: it knows no such address.
    request.url = _NOBODY
    return _response(_NOBODY, 400, json.dumps(body).encode())


def is_success(response: Answer | None) -> bool:
    """Whether the service did what it was asked (None: it could not be reached)."""
    return response is not None and response[0].status_code < ERROR


class _Body(BytesIO):
    """A body as urllib3 hands it out."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


def _response(url: str, status: int, body: bytes) -> AWSResponse:
    return AWSResponse(url, status, {"x-amzn-requestid": "herald"}, _Body(body))  # type: ignore[arg-type]
