"""How a worker's environment leads the AWS SDK to the sandbox, as some role or as nobody."""

from collections.abc import Mapping

from infra.local.sandbox.aws import REGION
from infra.local.sandbox.client import Sandbox


def aws_environment(sandbox: Sandbox, account: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a worker that signs with an account's key, and reaches AWS through the sandbox."""
    return {
        **nobody(sandbox),
        "AWS_ACCESS_KEY_ID": account["accessKeyId"],
        "AWS_SECRET_ACCESS_KEY": account["secretAccessKey"],
    }


def nobody(sandbox: Sandbox) -> dict[str, str]:
    """Return the environment of a worker without credentials, wherever one may look for them."""
    return {
        **sandbox.proxy_environment(),
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
        "AWS_CA_BUNDLE": str(sandbox.ca_bundle),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
