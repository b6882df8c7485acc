"""Files in the stack's bucket."""

from typing import Final

from botocore.exceptions import ClientError

from chalicelib.aws.clients import client
from chalicelib.services.attachments import TooLargeError

MISSING: Final = frozenset({"NoSuchKey", "404"})
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: said to those who may list the bucket."""


class S3Files:
    """`services.attachments.Storage` in a bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def read(self, key: str, most: int) -> bytes | None:
        """Return a file's content: one request, which ends before the content where that is too large."""
        try:
            answer = client("s3").get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                return None
            raise
        with answer["Body"] as body:
            if answer["ContentLength"] > most:
                raise TooLargeError(key)
            return body.read()
