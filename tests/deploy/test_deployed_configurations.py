"""Every configuration below `deploy/` is one that the gateway takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.deploy import DEPLOY, configurations, variables

from gateway.config import Config
from gateway.config_file import load
from gateway.upstreams import DRIVER_SETTINGS


def read(path: Path, folder: Path) -> Config:
    """With a made-up value for every variable; a folder that holds credentials for the one that names it."""
    names = variables(path.read_text())
    (folder / "web-token").write_text("a-made-up-token")
    values = dict.fromkeys(names, "a-made-up-value") | {"CREDENTIALS_DIRECTORY": str(folder)}
    return load(path, DRIVER_SETTINGS, values)


@pytest.mark.parametrize("path", configurations(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_it_is_taken(path: Path, tmp_path: Path) -> None:
    assert read(path, tmp_path).upstreams


@pytest.mark.parametrize("path", configurations(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_who_can_be_reached_from_elsewhere_asks_for_a_token(path: Path, tmp_path: Path) -> None:
    """But the image's own, which is for trying it, and says so."""
    config = read(path, tmp_path)

    assert config.auth.tokens or config.server.host == "127.0.0.1" or path.parent.name == "docker"


def test_there_are_some() -> None:
    assert {path.parent.name for path in configurations()} == {
        "base",
        "compose",
        "docker",
        "scaled",
        "sidecar",
        "systemd",
    }
