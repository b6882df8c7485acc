"""Secrets of the stack itself, from Secrets Manager."""

from functools import cache

from chalicelib.aws.clients import client


@cache
def secret(arn: str) -> bytes:
    """Return the secret `arn`; it is read once in a process."""
    return client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"].encode()
