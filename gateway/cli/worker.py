"""One of several workers. Started by `supervise`, which tells it what it needs; nobody types this."""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.app import GENERATIONS, METRICS, make_app
from gateway.cli.complaints import complaining
from gateway.cli.running import Given, fastest_loop, reloading, set_up_logs, warn
from gateway.config_file import Loaded
from gateway.reload import Reload
from gateway.server import Ending, Sockets, serve
from gateway.supervision.channel import Channel
from gateway.supervision.merging import snapshot
from gateway.supervision.siblings import Siblings


def main(place: dict[str, Any]) -> int:
    """Serve at sockets that are bound already, until the supervisor says so or is gone; the exit status."""
    given = Given(Path(place["config"]) if place["config"] else None, place["host"], place["port"], place["number"])

    def run() -> int:
        loaded = given.read()
        set_up_logs(given, loaded.config)
        with asyncio.Runner(loop_factory=fastest_loop()) as runner:
            runner.run(_serve(given, loaded, place))
        return 0

    return complaining(given.path, run)


async def _serve(given: Given, loaded: Loaded, place: dict[str, Any]) -> None:
    siblings, ending = Siblings(), Ending()
    app = make_app(loaded.config, siblings=siblings)
    said: set[str] = set()
    warn(given, loaded, said)
    reload = reloading(app, given, loaded, said)
    orders = _Orders(app, ending, reload)
    channel = await Channel.over(socket.socket(fileno=place["channel"]), orders.answer)
    siblings.by(channel)
    watching = asyncio.create_task(orders.end_with(channel))
    try:
        await serve(
            app,
            loaded.config,
            announce=lambda _: channel.tell("ready"),
            reload=reload,
            ending=ending,
            sockets=Sockets(_sockets(place["main"]), _sockets(place["metrics"])),
        )
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await channel.close()


class _Orders:
    """What the supervisor asks of this process."""

    def __init__(self, app: web.Application, ending: Ending, reload: Reload | None) -> None:
        self._app = app
        self._ending = ending
        self._reload = reload
        loop = asyncio.get_running_loop()
        # Who stops a group of processes signals all of them, so only the supervisor can tell a second signal.
        loop.add_signal_handler(signal.SIGTERM, self._drain)
        loop.add_signal_handler(signal.SIGINT, lambda: None)

    async def answer(self, what: str, value: Any) -> object:
        match what:
            case "snapshot":
                return snapshot(self._app[METRICS])
            case "reload" if self._reload is not None:
                self._reload.ask()
            case "drain":
                self._drain(by_hand=bool(value))
                return self._app[GENERATIONS].today.config.server.drain_timeout
            case "end":
                self._drain()
                self._ending.ask()
        return None

    async def end_with(self, channel: Channel) -> None:
        """Whoever starts the gateway anew wants the port: finish, and accept nothing more."""
        await channel.ended()
        self._drain(by_hand=True)

    def _drain(self, *, by_hand: bool = False) -> None:
        if not self._ending.first.is_set():
            self._ending.ask(by_hand=by_hand)


def _sockets(descriptors: list[int]) -> list[socket.socket]:
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]
