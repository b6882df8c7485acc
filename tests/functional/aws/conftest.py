"""AWS as moto plays it, with clients made anew for each test."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.aws.clients import made, session


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Play AWS for a test."""
    for name, value in (("DEFAULT_REGION", "us-east-1"), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        session.cache_clear()
        made.cache_clear()
        yield
    session.cache_clear()
    made.cache_clear()
