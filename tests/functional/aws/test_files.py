"""Reading files out of a bucket."""

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import made, session
from chalicelib.aws.files import S3Files
from chalicelib.services.attachments import TooLargeError


@pytest.fixture
def files() -> S3Files:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="files")
    s3.put_object(Bucket="files", Key="acme/größe 1.pdf", Body=b"%PDF")
    return S3Files("files")


@pytest.mark.parametrize("most", [4, 10_000])
def test_a_file_is_read_whole(files: S3Files, most: int) -> None:
    assert files.read("acme/größe 1.pdf", most) == b"%PDF"


def test_there_is_no_such_file(files: S3Files) -> None:
    assert files.read("acme/none", 10) is None


def test_a_file_that_is_too_large_is_not_read(files: S3Files) -> None:
    with pytest.raises(TooLargeError):
        files.read("acme/größe 1.pdf", 3)


def test_a_bucket_that_is_not_there_is_no_missing_file(files: S3Files) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        S3Files("gone").read("acme/x", 10)


def test_storage_out_of_reach_is_told_as_it_is(files: S3Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    session.cache_clear()
    made.cache_clear()
    with pytest.raises((BotoCoreError, ClientError)):
        files.read("acme/größe 1.pdf", 10)
