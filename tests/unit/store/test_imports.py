"""The store is on every cold start's way: it loads PynamoDB and botocore, and nothing else that is heavy."""

import subprocess
import sys


def test_the_store_does_not_load_boto3() -> None:
    code = "import sys, chalicelib.store.states, chalicelib.store.tenants; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "pynamodb" in loaded
    assert not {"boto3", "pydantic", "jinja2", "chalice", "aws_lambda_powertools"} & set(loaded)
