"""Rivals are started on loopback, and asked in their own way."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from bench.requests import TOKEN, Asking
from bench.rivals import RIVALS

UPSTREAM = "http://127.0.0.1:9"


def test_litellm_gets_a_model_for_each_kind(tmp_path: Path) -> None:
    recipe = RIVALS["litellm"].recipe(Path("bin/litellm"), UPSTREAM, tmp_path, ["tiny", "big"])
    assert recipe.command[recipe.command.index("--host") + 1] == "127.0.0.1"
    models = yaml.safe_load((tmp_path / "litellm.yaml").read_text())["model_list"]
    assert [model["model_name"] for model in models] == ["tiny", "big"]
    assert models[1]["litellm_params"]["api_base"] == f"{UPSTREAM}/big/v1"


def test_portkey_is_kept_on_loopback(tmp_path: Path) -> None:
    recipe = RIVALS["portkey"].recipe(Path("start-server.js"), UPSTREAM, tmp_path, [])
    shim = Path(recipe.command[recipe.command.index("--require") + 1])
    assert '"127.0.0.1"' in shim.read_text()


def test_each_is_asked_in_its_own_way() -> None:
    ask = Asking(UPSTREAM).generation
    assert ask("proxy", "big").path == "/big/v1/images/generations"
    assert json.loads(ask("litellm", "big").body)["model"] == "big"
    assert ask("portkey", "big").headers["x-portkey-custom-host"] == f"{UPSTREAM}/big/v1"
    ours = ask("gateway", "big", response_format="b64_json")
    assert ours.headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(ours.body) == {"model": "big", "prompt": "a cat", "response_format": "b64_json"}
