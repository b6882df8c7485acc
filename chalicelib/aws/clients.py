"""AWS clients: one session and one client per service in a process, made when first asked for."""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, overload

from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

CONNECTIONS = 32
_MAKING = Lock()


@cache
def session() -> Session:
    """Return the botocore session of this process."""
    return get_session()


@overload
def client(service: Literal["cognito-idp"]) -> "CognitoIdentityProviderClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["sns"]) -> "SNSClient": ...
@overload
def client(service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def client(service: Literal["kms"]) -> "KMSClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["stepfunctions"]) -> "SFNClient": ...
def client(service: str) -> Any:
    """Return the client of an AWS service: pooled, quick to give up, and retrying what AWS says may be retried."""
    with _MAKING:  # a session may not make two clients at once
        return made(service)


@cache
def made(service: str) -> Any:
    """Return the one client of a service in this process."""
    config = Config(
        connect_timeout=2,
        read_timeout=8,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    return session().create_client(service, config=config)


def client_of_its_own(service: str, config: Config) -> Any:
    """Return one more client of a service, for somebody whose timeouts or retries are others."""
    with _MAKING:
        return session().create_client(service, config=config)
