"""Links and forms that boto3 signs for a bucket of any S3, as if at another time."""

import contextlib
import datetime
from unittest import mock

import boto3
import botocore.auth
import botocore.config
import botocore.signers


class Bucket:
    """A bucket of a server, with its keys."""

    def __init__(self, endpoint, region, bucket, access_key, secret_key):
        self.endpoint, self.region, self.name = endpoint, region, bucket
        self.access_key, self.secret_key = access_key, secret_key

    def client(self, version, access_key=None, secret_key=None):
        config = botocore.config.Config(
            signature_version=version,
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=access_key or self.access_key,
            aws_secret_access_key=secret_key or self.secret_key,
            config=config,
        )

    def link(
        self, key, operation="put_object", *, version="s3v4", age=0, life=60, bucket=None, keys=(None, None), **more
    ):
        """A presigned link that was signed `age` seconds ago and lives for `life` seconds."""
        parameters = {"Bucket": bucket or self.name, "Key": key, **more}
        # Version 2 states the end, version 4 the beginning and the lifetime.
        seconds = life - age if version == "s3" else life
        with signed_ago(age):
            return self.client(version, *keys).generate_presigned_url(operation, parameters, seconds)

    def form(self, key, *, conditions=(), age=0, life=60):
        """The address and the fields of a POST policy that was signed `age` seconds ago."""
        with signed_ago(age):
            return self.client("s3v4").generate_presigned_post(self.name, key, None, list(conditions), life)


@contextlib.contextmanager
def signed_ago(seconds):
    """Moves the clock of botocore's signer only."""
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds)

    def now(remove_tzinfo=True):
        return moment.replace(tzinfo=None) if remove_tzinfo else moment

    with (
        mock.patch.object(botocore.auth, "get_current_datetime", now),
        mock.patch.object(botocore.signers, "get_current_datetime", now),
    ):
        yield
