"""Reading files out of a bucket."""

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import bootstrap
from chalicelib.auth.tracking_tokens import TrackingTokens
from chalicelib.aws.clients import made, session
from chalicelib.aws.files import S3Files
from chalicelib.bootstrap import saying
from chalicelib.channels.base import MailFile
from chalicelib.domain.content import Attachment
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.tracking import Tracking
from chalicelib.services.attachments import TooLargeError
from chalicelib.services.tracking_links import TrackingLinks
from chalicelib.settings import settings
from tests.build import ACME, a_request, a_tenant


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


def test_the_worker_of_mails_gets_files_from_the_stacks_bucket_in_its_turn(
    files: S3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERALD_FILES_BUCKET", "files")
    for wired in (settings, bootstrap.attach, bootstrap.heavy_mail):
        wired.cache_clear()
    asked = Attachment(key="acme/größe 1.pdf", name="a.pdf", type="application/pdf")

    with bootstrap.heavy_mail().scope(lambda: True):
        got = saying._files(ACME, [asked])

    assert got == (MailFile(name="a.pdf", type="application/pdf", content=b"%PDF"),)
    for wired in (settings, bootstrap.attach, bootstrap.heavy_mail):
        wired.cache_clear()


def test_the_worker_of_mails_tracks_only_for_tenants_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    links = TrackingLinks("https://h.example", TrackingTokens(b"s").sign_open, TrackingTokens(b"s").sign_click)
    monkeypatch.setattr(saying, "tracking_links", lambda: links)
    html, wanting = "<p>Hi</p>", a_tenant(settings=TenantSettings(tracking=Tracking(opens=True)))

    assert saying._tracked(html, a_request(), a_tenant()) == html
    assert "https://h.example/t/o/" in saying._tracked(html, a_request(), wanting)
