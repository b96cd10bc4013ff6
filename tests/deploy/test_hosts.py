"""A machine without containers: the unit of systemd, and nginx in front."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from support.deploy import DEPLOY
from support.gateway import StartGateway
from support.images_api import GENERATIONS
from support.programs import program
from support.prometheus import LOOK, PATIENCE
from support.provider import closed_port

from gateway.config import ServerConfig

UNIT = DEPLOY / "systemd/nano-banana-gateway.service"
CONF = (DEPLOY / "nginx/nano-banana-gateway.conf").read_text()
MOST_EXPOSED = 20
"""Of systemd's own hundred; a service without any rule has 96."""


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own files
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE))

    assert run(program("systemd-analyze"), "verify", "--man=no", str(unit)).strip() == ""


def test_the_service_is_confined() -> None:
    run(program("systemd-analyze"), "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(UNIT))


def test_the_service_is_given_time_to_drain() -> None:
    found = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)

    assert found is not None
    assert int(found[1]) > ServerConfig().drain_timeout + 5


def test_only_the_first_process_of_the_service_is_told_to_drain() -> None:
    assert re.search(r"^KillMode=mixed$", UNIT.read_text(), re.MULTILINE)


def test_every_credential_that_is_named_is_loaded() -> None:
    named = re.findall(r"\$\{CREDENTIALS_DIRECTORY\}/([\w-]+)", (DEPLOY / "systemd/gateway.yaml").read_text())

    assert named
    assert set(named) <= set(re.findall(r"^LoadCredential=([\w-]+):", UNIT.read_text(), re.MULTILINE))


def test_nginx_lets_the_gateway_have_the_last_word() -> None:
    def number(directive: str, unit: str) -> int:
        found = re.search(rf"^\s*{directive} (\d+){unit};", CONF, re.MULTILINE)
        assert found is not None, directive
        return int(found[1])

    server = ServerConfig()
    assert number("client_max_body_size", "m") * 2**20 > server.max_body
    assert number("proxy_read_timeout", "s") > server.request_timeout
    assert number("keepalive_timeout", "s") < 75  # what the gateway gives an idle connection
    assert re.search(rf"server 127\.0\.0\.1:{server.port};", CONF)


async def listens(port: int) -> None:
    """Wait until somebody does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(LOOK)
            else:
                writer.close()
                return


@pytest.fixture
async def front(tmp_path: Path, start: StartGateway) -> AsyncIterator[str]:
    """The address of nginx with our file, at ports that are free and with a certificate of its own."""
    gateway = await start({"server": {"trusted_proxies": ["127.0.0.1"], "allowed_hosts": ["images.example.com"]}})
    plain, secure = closed_port(), closed_port()
    crt, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    run(program("openssl"), *made.split(), "-out", str(crt), "-keyout", str(key))
    ours = CONF.replace("127.0.0.1:8080", gateway.address.removeprefix("http://"))
    ours = re.sub(r"^\s*listen \[::\].*\n", "", ours, flags=re.MULTILINE)
    ours = ours.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{secure}")
    ours = re.sub(r"/etc/nginx/tls/\S+\.(crt|key)", lambda match: str({"crt": crt, "key": key}[match[1]]), ours)
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log stderr; daemon off; events {{}} http {{ access_log off; {paths} {ours} }}"
    )
    nginx = [program("nginx"), "-p", str(tmp_path), "-e", "stderr", "-c", str(main)]
    run(*nginx, "-t")
    process = subprocess.Popen(nginx, stderr=subprocess.DEVNULL)  # noqa: S603, ASYNC220 - our own file; it starts at once
    try:
        await listens(secure)
        yield f"https://127.0.0.1:{secure}"
    finally:
        process.terminate()
        process.wait()


async def test_a_client_of_nginx_is_given_addresses_of_nginx(front: str, client: ClientSession) -> None:
    headers = {"Host": "images.example.com", "X-Forwarded-For": "1.1.1.1", "X-Forwarded-Host": "evil.example"}
    async with client.post(front + GENERATIONS, json={"prompt": "a"}, headers=headers, ssl=False) as response:
        made = await response.json()

    assert made["data"][0]["url"].startswith("https://images.example.com/images/")
