"""Object stores on loopback: an S3-compatible server in this process, and Azurite where it is installed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import os
import random
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from gateway.config import ImagesConfig
from support.programs import program

_DICE = random.SystemRandom()
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Published with Azurite, the same in every installation."""


def needed(module: str, extra: str) -> None:
    """Skip the test where a package of `extra` is missing; fail where `CI` is true, like `programs.program`."""
    if importlib.util.find_spec(module) is not None:
        return
    missing = f"{module} is not installed; get it with: pip install '.[{extra}]'"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(missing)
    pytest.skip(missing, allow_module_level=True)


class S3Server:
    """A whole S3 in memory. It takes any key."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"

    def bucket(self) -> str:
        """A new one."""
        name = f"pictures-{secrets.token_hex(4)}"
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")  # noqa: S310 - our own server
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - likewise
            return name

    def images(self, bucket: str, **keys: Any) -> dict[str, Any]:
        """The section of gateway.yaml that keeps pictures there."""
        access = {"endpoint": self.endpoint, "allow_http": True, "access_key": "key", "secret_key": "secret"}
        return {"store": f"s3://{bucket}/some/prefix", "object_store": {**access, "timeout": 5, **keys}}

    def config(self, **keys: Any) -> ImagesConfig:
        """Of a new bucket."""
        return ImagesConfig.model_validate(self.images(self.bucket(), **keys))


@contextmanager
def serving_s3() -> Iterator[S3Server]:
    needed("obstore", "test")
    needed("moto", "test")
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - skipped without it

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield S3Server(server.get_host_and_port()[1])
    finally:
        server.stop()


@contextmanager
def serving_azure() -> Iterator[dict[str, Any]]:
    """Azurite with a container; gives the section of gateway.yaml that uses it."""
    needed("obstore", "test")
    port = free_port()
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    process = subprocess.Popen([program("azurite-blob"), "--blobPort", str(port), *options])  # noqa: S603 - of the tests
    try:
        await_port(port)
        endpoint = f"http://127.0.0.1:{port}/{AZURITE_ACCOUNT}"
        _make_container(endpoint)
        access = {"endpoint": endpoint, "allow_http": True, "access_key": AZURITE_ACCOUNT, "secret_key": AZURITE_KEY}
        yield {"store": "az://pictures/some/prefix", "object_store": {**access, "timeout": 5}}
    finally:
        process.terminate()
        process.wait(10)


def _make_container(endpoint: str) -> None:
    """Signed as every account's own tools do: a shared key over a canonical text."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    headers = f"x-ms-date:{date}\nx-ms-version:2021-08-06"
    resource = f"/{AZURITE_ACCOUNT}/{AZURITE_ACCOUNT}/pictures\nrestype:container"
    text = "PUT\n\n\n\n\n\n\n\n\n\n\n\n" + headers + "\n" + resource
    signed = base64.b64encode(hmac.digest(base64.b64decode(AZURITE_KEY), text.encode(), hashlib.sha256)).decode()
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{endpoint}/pictures?restype=container",
        method="PUT",
        data=b"",
        headers={
            "x-ms-date": date,
            "x-ms-version": "2021-08-06",
            "Authorization": f"SharedKey {AZURITE_ACCOUNT}:{signed}",
            "Content-Type": "",
        },
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - likewise
        return


def free_port() -> int:
    """One at which nobody listens, and that the system gives to no connection and no other server by itself.

    Tests run side by side: a port it gives, once it is given back, may be another's before it is used.
    """
    while True:
        port = _DICE.randrange(20_000, 32_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def await_port(port: int, patience: float = 30) -> None:
    """Until somebody listens; ConnectionRefusedError after `patience` seconds: Node needs a dozen on a busy machine."""
    end = time.monotonic() + patience
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
