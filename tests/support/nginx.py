"""A real nginx with our own file in front of gateways that come and go."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from support.deploy import DEPLOY
from support.programs import program
from support.provider import closed_port

CONF = (DEPLOY / "nginx/nano-banana-gateway.conf").read_text()
PATIENCE = 20
"""Seconds for it to listen."""


class Nginx:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = closed_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self.log = folder / "nginx.log"
        self.command = [program("nginx"), "-p", str(folder), "-e", str(self.log), "-c", str(folder / "nginx.conf")]

    def write(self, gateways: Sequence[str]) -> None:
        """Hand requests to these addresses from the next reload on."""
        servers = "".join(f"server {address.removeprefix('http://')}; " for address in gateways)
        _, upstream, rest = CONF.partition("upstream nano_banana_gateway")
        _, _, front = rest.partition("listen 443 ssl http2;")
        pool = re.sub(r"server 127\.0\.0\.1:8080;", servers, rest.partition("\n}\n")[0])
        front = re.sub(r"^\s*(listen \[::\]|ssl_).*\n", "", front, flags=re.MULTILINE)
        paths = "".join(
            f"{kind}_temp_path {self._folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = f"error_log {self.log}; pid {self._folder}/pid; worker_processes 1; daemon off;\n"
        main += "events { worker_connections 4096; }\n"
        server = f"server {{ listen 127.0.0.1:{self._port};{front}\n}}"
        http = f"http {{ access_log off; {paths}\n{upstream}{pool}\n}}\n{server}"
        (self._folder / "nginx.conf").write_text(main + http)

    async def reload(self) -> None:
        process = await asyncio.create_subprocess_exec(*self.command, "-s", "reload", stderr=PIPE)
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()

    async def listens(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return


@asynccontextmanager
async def running_nginx(folder: Path, gateways: Sequence[str]) -> AsyncIterator[Nginx]:
    nginx = Nginx(folder)
    nginx.write(gateways)
    process = await asyncio.create_subprocess_exec(*nginx.command, stderr=DEVNULL)
    try:
        await nginx.listens()
        yield nginx
    finally:
        process.terminate()
        await process.wait()
