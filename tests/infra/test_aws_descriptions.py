"""Given AWS's descriptions cut down, when clients are made of them, then they are as those made of the whole."""

import shutil
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest

from infra.aws_descriptions import cut_down
from infra.dependencies import AWS_SERVICES

WHOLE = Path(botocore.__file__).parent / "data"
REGIONS = ("us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("botocore") / "data"
    data.mkdir()
    for part in ("acm", *AWS_SERVICES):
        shutil.copytree(WHOLE / part, data / part)
    for file in WHOLE.glob("*.json"):
        shutil.copy(file, data)
    cut_down(data, AWS_SERVICES)
    return data


def client(data: Path, service: str, region: str) -> Any:
    session = botocore.session.Session()
    session.get_component("data_loader").search_paths[:] = [str(data)]
    return session.create_client(service, region_name=region, aws_access_key_id="x", aws_secret_access_key="y")


def request(made: Any, operation: str, **parameters: Any) -> Any:
    """Return what would go out for a call, without sending it."""
    sent: list[Any] = []

    def keep(request: Any, **_: Any) -> Any:
        sent.append((request.method, request.url, request.body))
        raise InterruptedError

    made.meta.events.register("before-send", keep)
    with pytest.raises(InterruptedError):
        getattr(made, operation)(**parameters)
    return sent


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", sorted(AWS_SERVICES))
def test_a_client_finds_the_same_address_and_operations(cut: Path, service: str, region: str) -> None:
    whole, small = client(WHOLE, service, region), client(cut, service, region)
    assert small.meta.endpoint_url == whole.meta.endpoint_url
    assert small.meta.service_model.operation_names == whole.meta.service_model.operation_names


def test_a_call_goes_out_the_same(cut: Path) -> None:
    item = {"PK": {"S": "T#acme"}, "n": {"N": "1"}}
    whole, small = (client(data, "dynamodb", "us-east-1") for data in (WHOLE, cut))
    assert request(whole, "put_item", TableName="h", Item=item) == request(small, "put_item", TableName="h", Item=item)


def test_services_that_nobody_calls_are_gone(cut: Path) -> None:
    assert not (cut / "acm").exists()
    assert list(cut.rglob("*.gz")) == []
    assert (cut / "endpoints.json").stat().st_size < (WHOLE / "endpoints.json").stat().st_size / 10
