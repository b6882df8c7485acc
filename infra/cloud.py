"""Where AWS's API is: AWS itself, or an emulator on this machine."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from localstack_client.config import get_service_endpoint


@dataclass(frozen=True)
class Cloud:
    """AWS, or what answers in its place at `endpoint`."""

    endpoint: str | None = None
    region: str = "us-east-1"

    def client(self, service: str) -> Any:
        """Return a boto3 client, as the ambient credentials say, or as root of the emulator."""
        if self.endpoint is None:
            return boto3.session.Session(region_name=self.region).client(service)  # type: ignore[call-overload]
        session = boto3.session.Session("test", "test", region_name=self.region)
        addressing = Config(s3={"addressing_style": "path"}, proxies={})
        return session.client(service, endpoint_url=self.endpoint, config=addressing)  # type: ignore[call-overload]

    def api_url(self, api: str, stage: str) -> str:
        """Return the address of a REST API's stage, without a slash at the end."""
        if self.endpoint is None:
            return f"https://{api}.execute-api.{self.region}.amazonaws.com/{stage}"
        return f"{self.endpoint}/restapis/{api}/{stage}/_user_request_"


def find_emulator(port: int | None = None) -> Cloud:
    """Return the emulator at a port of this machine, by default where LocalStack's tools look for it."""
    return Cloud(f"http://127.0.0.1:{port}" if port else get_service_endpoint("cloudformation"))
