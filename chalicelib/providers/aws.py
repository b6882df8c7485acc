"""Vendors that are AWS services: called with the worker's own role, so there is nothing to configure or to leak."""

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.base import Timeouts, misconfigured
from chalicelib.providers.connections import Pool
from chalicelib.providers.http import Answer, Outcomes, judge, judge_silence

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

COMMON_OUTCOMES: Final = {
    "AccessDenied": AttemptOutcome.MISCONFIGURED,
    "AccessDeniedException": AttemptOutcome.MISCONFIGURED,
    "AuthorizationError": AttemptOutcome.MISCONFIGURED,
    "ExpiredToken": AttemptOutcome.RETRIABLE,
    "ExpiredTokenException": AttemptOutcome.RETRIABLE,
    "InvalidClientTokenId": AttemptOutcome.MISCONFIGURED,
    "OptInRequired": AttemptOutcome.MISCONFIGURED,
    "RequestExpired": AttemptOutcome.RETRIABLE,
    "SignatureDoesNotMatch": AttemptOutcome.MISCONFIGURED,
    "Throttled": AttemptOutcome.RETRIABLE,
    "ThrottledException": AttemptOutcome.RETRIABLE,
    "Throttling": AttemptOutcome.RETRIABLE,
    "ThrottlingException": AttemptOutcome.RETRIABLE,
    "TooManyRequestsException": AttemptOutcome.RETRIABLE,
    "UnrecognizedClientException": AttemptOutcome.MISCONFIGURED,
}
"""Error codes of all services (https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html)."""

THROTTLED: Final = frozenset(
    {"Throttled", "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)
"""Those of them that say that there were too many calls, which some services do by status 400."""
BEFORE_THE_CALL: Final[dict[str, Refused]] = {
    "CredentialRetrievalError": Refused(kind=AttemptOutcome.RETRIABLE, code="no_aws_credentials", telling=False),
    "NoCredentialsError": misconfigured("no_aws_credentials"),
    "ParamValidationError": Refused(kind=AttemptOutcome.PERMANENT, code="invalid_parameters", telling=False),
}
"""What botocore finds out by itself."""


class AwsService:
    """One AWS service, with connections shared by all tenants: it is called as the stack, never as a tenant."""

    def __init__(self, name: str, timeouts: Timeouts) -> None:
        from botocore.config import Config

        from chalicelib.aws.clients import client_of_its_own

        # A second attempt by botocore could send twice: retries are Herald's own, after it has looked at the result.
        config = Config(connect_timeout=timeouts.connect, read_timeout=timeouts.read, retries={"total_max_attempts": 1})
        self._client = client_of_its_own(name, config)
        self._pool = Pool(self._client.close)

    def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        outcomes: Outcomes,
        code_of: "Callable[[ClientError], str]",
    ) -> ProviderResult:
        """Make one call that sends. Every such operation answers with a `MessageId`."""
        answer = self.ask(operation, parameters, outcomes, code_of)
        if isinstance(answer, Refused | Unsure):
            return answer
        vendor_id = answer.get("MessageId")
        return (
            Accepted(vendor_id=vendor_id)
            if vendor_id and isinstance(vendor_id, str)
            else Unsure(code="unreadable_answer")
        )

    def ask(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        outcomes: Outcomes,
        code_of: "Callable[[ClientError], str]",
    ) -> Mapping[str, Any] | Refused | Unsure:
        """Make one call; return the answer of a success, else what it means."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            with self._pool.connection():
                answer: Mapping[str, Any] = getattr(self._client, operation)(**parameters)
        except ClientError as error:
            return _judge_answer(error, COMMON_OUTCOMES | dict(outcomes), code_of(error))
        except BotoCoreError as error:
            return BEFORE_THE_CALL.get(type(error).__name__) or judge_silence(error)
        except (ResponseParserError, AttributeError, LookupError, TypeError, ValueError):
            # Where the answer is not the service's, botocore's parsers stumble in any of these ways.
            return Unsure(code="unreadable_answer")
        return answer


@cache
def aws_service(name: str, timeouts: Timeouts) -> AwsService:
    """Return the AWS service `name` of this worker."""
    return AwsService(name, timeouts)


def error_code(error: "ClientError") -> str:
    """Return the service's word for an error."""
    return error.response.get("Error", {}).get("Code", "")


def _judge_answer(error: "ClientError", outcomes: Outcomes, code: str) -> Refused | Unsure:
    metadata = error.response["ResponseMetadata"]
    status = metadata["HTTPStatusCode"]
    # Where the body is not the service's, botocore puts the status in the code's place.
    answer = Answer(
        status=status,
        code=None if code in ("", "Unknown", str(status)) else code,
        retry_after=metadata.get("HTTPHeaders", {}).get("retry-after"),
    )
    judged = judge(answer, outcomes, time.time())
    limited = isinstance(judged, Refused) and code in THROTTLED
    return replace(judged, telling=False) if limited else judged
