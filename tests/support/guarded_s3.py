"""An S3 that checks who asks: moto in a process of its own, with users, policies and signatures."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.object_stores import await_port, free_port, needed

REGION = "eu-central-1"
BUCKET = "pictures"
_RIGHTS = {
    "all": ["s3:*"],
    "reads": ["s3:ListBucket", "s3:GetObject"],
    "writes": ["s3:PutObject", "s3:DeleteObject"],
    "keeps": ["s3:ListBucket", "s3:GetObject", "s3:PutObject"],
    "blind": ["s3:ListBucket", "s3:PutObject", "s3:DeleteObject"],
}
_SIGNED_FOR = re.compile(r"Credential=[^/]+/[^/]+/([^/]+)/")


@dataclass(frozen=True)
class GuardedS3:
    port: int
    keys: dict[str, tuple[str, str]]
    """Of each user: the key's id and its secret."""

    def images(self, user: str, *, bucket: str = BUCKET, **keys: Any) -> dict[str, Any]:
        """The section of gateway.yaml with which `user` keeps pictures there."""
        access, secret = self.keys[user]
        at = {"endpoint": f"http://127.0.0.1:{self.port}", "allow_http": True, "region": REGION, "timeout": 5}
        return {
            "store": f"s3://{bucket}/some/prefix",
            "object_store": {**at, "access_key": access, "secret_key": secret, **keys},
        }


@contextmanager
def serving_guarded_s3() -> Iterator[GuardedS3]:
    """One bucket, and a user for each of `_RIGHTS`. Whom moto's settings let in is a matter of a whole process."""
    needed("obstore", "test")
    needed("moto", "test")
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - of the tests
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_port(port, patience=60)
        keys = _people(port)
        _guard(port)
        yield GuardedS3(port, keys)
    finally:
        process.terminate()
        process.wait(10)


def _people(port: int) -> dict[str, tuple[str, str]]:
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 - it comes with moto, and brings no types

    options = {"region_name": REGION, "aws_access_key_id": "root", "aws_secret_access_key": "root"}
    at = f"http://127.0.0.1:{port}"
    place = {"LocationConstraint": REGION}
    boto3.client("s3", endpoint_url=at, **options).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    iam = boto3.client("iam", endpoint_url=at, **options)
    return {user: _user(iam, user, actions) for user, actions in _RIGHTS.items()}


def _user(iam: Any, user: str, actions: Sequence[str]) -> tuple[str, str]:
    allowed = [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
    iam.create_user(UserName=user)
    iam.put_user_policy(
        UserName=user, PolicyName="rights", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed})
    )
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def _guard(port: int) -> None:
    """From now on nothing goes without a signature."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - likewise
        return


class _Regional(BaseHTTPRequestHandler):
    """What moto lacks: a request that is signed for another region is refused, in the words of Amazon's."""

    protocol_version = "HTTP/1.1"
    port: int

    def _go(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = _SIGNED_FOR.search(self.headers.get("Authorization", ""))
        region = found[1] if found else ""
        if region != REGION:
            words = f"The authorization header is malformed; the region '{region}' is wrong; expecting '{REGION}'"
            code = "<Code>AuthorizationHeaderMalformed</Code>"
            self._say(400, f"<Error>{code}<Message>{words}</Message><Region>{REGION}</Region></Error>".encode(), {})
            return
        behind = HTTPConnection("127.0.0.1", self.port, timeout=10)
        behind.request(self.command, self.path, body, dict(self.headers.items()))
        answer = behind.getresponse()
        names = ("ETag", "Content-Type", "Last-Modified")
        self._say(answer.status, answer.read(), {name: value for name in names if (value := answer.headers[name])})
        behind.close()

    do_GET = do_PUT = do_DELETE = do_POST = _go  # noqa: N815 - the library's

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def in_one_region(behind: GuardedS3) -> Iterator[GuardedS3]:
    """The same server, which minds the region."""
    handler = type("_Front", (_Regional,), {"port": behind.port})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield GuardedS3(server.server_address[1], behind.keys)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
