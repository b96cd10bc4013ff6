"""Other gateways in front of the same mock, installed by whoever wants them measured, and started on loopback.

litellm=PATH/TO/bin/litellm                                  after `pip install 'litellm[proxy]'` in a venv of its own
portkey=PATH/TO/@portkey-ai/gateway/build/start-server.js    after `npm install @portkey-ai/gateway`
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.processes import Recipe, free_port
from bench.requests import TOKEN

_LOOPBACK = """
const { Server } = require("node:net");
const listen = Server.prototype.listen;
Server.prototype.listen = function (first, ...rest) {
  const port = typeof first === "object" ? first.port : first;
  return listen.call(this, port, "127.0.0.1", ...rest.filter((one) => typeof one === "function"));
};
"""
"""Portkey listens on all interfaces and takes no address: whatever it asks for, it gets loopback."""


@dataclass(frozen=True, slots=True)
class Rival:
    """What a rival is started by, and how its version is found."""

    recipe: Callable[[Path, str, Path, list[str]], Recipe]
    """From its path, the mock's address, a folder for its files, and the kinds that the mock answers."""
    version: Callable[[Path], str]


def _litellm(program: Path, upstream: str, folder: Path, kinds: list[str]) -> Recipe:
    port = free_port()
    models = [
        {
            "model_name": kind,
            "litellm_params": {"model": "openai/gpt-image-1", "api_base": f"{upstream}/{kind}/v1", "api_key": "k"},
        }
        for kind in kinds
    ]
    config = folder / "litellm.yaml"
    config.write_text(
        yaml.safe_dump({"model_list": models, "litellm_settings": {"telemetry": False, "num_retries": 0}})
    )
    environment = {
        "LITELLM_MASTER_KEY": TOKEN,
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # otherwise it asks the internet for prices when it starts
    }
    return Recipe(
        [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)], port, environment
    )


def _litellm_version(program: Path) -> str:
    command = [
        str(program.with_name("python")),
        "-c",
        "from importlib.metadata import version; print(version('litellm'))",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def _portkey(program: Path, upstream: str, folder: Path, kinds: list[str]) -> Recipe:  # noqa: ARG001 - asked by header
    port = free_port()
    shim = folder / "loopback.cjs"
    shim.write_text(_LOOPBACK)
    command = ["node", "--require", str(shim), str(program), f"--port={port}", "--headless"]
    return Recipe(command, port, {"NODE_ENV": "production"})


def _portkey_version(program: Path) -> str:
    found: str = json.loads((program.parents[1] / "package.json").read_text())["version"]
    return found


RIVALS: Mapping[str, Rival] = {
    "litellm": Rival(_litellm, _litellm_version),
    "portkey": Rival(_portkey, _portkey_version),
}
