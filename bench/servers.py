"""All servers of a run: the mock on the last CPU, which it shares with the load; what is measured on the first."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from bench.mock import SHAPES
from bench.nginx import nginx
from bench.processes import Child, Recipe, free_port, python
from bench.requests import TOKEN, Asking
from bench.rivals import RIVALS

KINDS = [*SHAPES, "tiny-2s", "big-2s"]


class Servers:
    """What runs, by name, each from when it is first asked for. `cpus`: of what is measured, and of the load."""

    def __init__(self, folder: Path, stack: ExitStack, rivals: Mapping[str, Path]) -> None:
        self._folder, self._stack, self._rivals = folder, stack, rivals
        available = sorted(os.sched_getaffinity(0))
        self.cpus = available[0], available[-1]
        self._running: dict[str, Child] = {}
        mock = free_port()
        self.upstream = f"http://127.0.0.1:{mock}"
        self._run("direct", Recipe(python("bench.mock", "--port", str(mock)), mock), self.cpus[1])

    def __getitem__(self, name: str) -> Child:
        if name not in self._running:
            self._run(name, self._recipe(name), self.cpus[0])
        return self._running[name]

    @property
    def rivals(self) -> tuple[str, ...]:
        return tuple(self._rivals)

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self[name].port}"

    @contextmanager
    def fresh(self, name: str) -> Iterator[Child]:
        """Another one of the same kind, which nobody has asked for anything."""
        child = self._start(name, self._recipe(name), self.cpus[0])
        try:
            yield child
        finally:
            child.stop()

    def hosted(self, kind: str) -> str:
        """The path of a picture that the gateway has just hosted."""
        asked = Asking(self.upstream).generation("gateway", kind)
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.address("gateway") + asked.path, data=asked.body, headers=dict(asked.headers)
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            url: str = json.load(answer)["data"][0]["url"]
        return "/images/" + url.rpartition("/")[2]

    def _recipe(self, name: str) -> Recipe:
        if name in self._rivals:
            return RIVALS[name].recipe(self._rivals[name], self.upstream, self._make_folder(), KINDS)
        if name == "gateway":
            return _gateway(self.upstream, self._make_folder())
        if name == "nginx":
            return nginx(self._make_folder(), self.address("memory"))
        port = free_port()
        return Recipe(python("bench.floors", name, "--port", str(port), "--upstream", self.upstream), port)

    def _run(self, name: str, recipe: Recipe, cpu: int) -> None:
        child = self._start(name, recipe, cpu)
        self._stack.callback(child.stop)
        self._running[name] = child

    def _start(self, name: str, recipe: Recipe, cpu: int) -> Child:
        return Child(recipe, cpu, log=self._make_folder() / f"{name}.log")

    def _make_folder(self) -> Path:
        return Path(self._stack.enter_context(TemporaryDirectory(dir=self._folder)))


@contextmanager
def started(rivals: Mapping[str, Path]) -> Iterator[Servers]:
    """`rivals`: by name, where each is installed."""
    with TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        yield Servers(Path(folder), stack, rivals)


def _gateway(upstream: str, folder: Path) -> Recipe:
    port = free_port()
    config = folder / "gateway.yaml"
    config.write_text(yaml.safe_dump(_configuration(upstream, port, folder)))
    return Recipe(python("gateway", "--config", str(config)), port)


def _configuration(upstream: str, port: int, folder: Path) -> dict[str, object]:
    def backend(kind: str) -> dict[str, object]:
        return {
            "driver": "openai",
            "base_url": f"{upstream}/{kind}/v1",
            "api_key": "k",
            "model": "m",
            "concurrency": 2000,
            "queue": 2000,
        }

    return {
        "server": {"port": port, "max_in_flight": 4000},
        "auth": {"tokens": [{"name": "bench", "token": TOKEN}]},
        "upstreams": {"local": {"driver": "local"}, **{kind: backend(kind) for kind in KINDS}},
        "models": {
            **{kind: {"operations": ["generate", "edit"], "upstreams": [kind]} for kind in KINDS},
            "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["local"]},
            "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
        },
        "images": {"store": f"file:{folder / 'images'}", "fit": "none"},
    }
