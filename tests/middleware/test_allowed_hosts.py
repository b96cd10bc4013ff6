"""A page whose name points at the gateway learns nothing from it (U7)."""

from __future__ import annotations

import pytest
from support.links import Mount

from gateway.config import ServerConfig
from gateway.middleware.allowed_hosts import allowed_hosts
from gateway.origin import Origin

LOOPBACK = ServerConfig()
PUBLIC = ServerConfig(host="0.0.0.0")  # noqa: S104 - read, not bound
NAMED = ServerConfig(public_url="https://images.example/api")
LISTED = ServerConfig(host="0.0.0.0", allowed_hosts=("Images.example", "*.apps.example", "2001:db8::1"))  # noqa: S104


@pytest.mark.parametrize(
    ("config", "host", "status"),
    [
        (LOOPBACK, "localhost", 200),
        (LOOPBACK, "LOCALHOST:8080", 200),
        (LOOPBACK, "127.0.0.1:8080", 200),
        (LOOPBACK, "127.1.2.3", 200),
        (LOOPBACK, "[::1]:8080", 200),
        (LOOPBACK, "gateway.localhost", 200),
        (LOOPBACK, "evil.example", 403),
        (LOOPBACK, "localhost.evil.example", 403),
        (LOOPBACK, "127.0.0.1.evil.example", 403),
        (LOOPBACK, "evil.example:8080", 403),
        (LOOPBACK, "", 403),
        (LOOPBACK, "localhost@evil.example", 403),
        (NAMED, "images.example", 200),
        (NAMED, "localhost", 200),
        (NAMED, "other.example", 403),
        (PUBLIC, "anything.example", 200),
        (LISTED, "images.example.", 200),
        (LISTED, "images.example:8443", 200),
        (LISTED, "a.b.apps.example", 200),
        (LISTED, "[2001:db8::1]", 200),
        (LISTED, "apps.example", 403),
        (LISTED, "evilapps.example", 403),
        (LISTED, "localhost", 403),
    ],
)
async def test_hosts(mount: Mount, config: ServerConfig, host: str, status: int) -> None:
    client = await mount(allowed_hosts(config, Origin(config.public_url)))

    response = await client.get("/v1/models", headers={"Host": host})

    assert response.status == status, host


async def test_the_refusal_is_an_error_object_that_names_the_key(mount: Mount) -> None:
    client = await mount(allowed_hosts(LOOPBACK, Origin(None)))

    response = await client.get("/", headers={"Host": "evil.example"})

    error = (await response.json())["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", None)
    assert "server.allowed_hosts" in error["message"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_probes_may_name_the_machine_as_they_like(mount: Mount, path: str) -> None:
    client = await mount(allowed_hosts(LISTED, Origin(None)))

    response = await client.get(path, headers={"Host": "10.1.2.3:8080"})

    assert response.status == 200
