"""JavaScript in tests: Node and the packages of `tests/node`, which are installed with it or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.programs import program

_FOLDER = Path(__file__).parents[1] / "node"
_HOW = "npm ci --prefix tests/node"


def node(folder: Path) -> str:
    """The path of Node; scripts in `folder` may import the packages.

    Without them the test is skipped and says how to get them, and fails where `CI` is true; see `program`.
    """
    path = program("node")
    modules = _FOLDER / "node_modules"
    wanted = json.loads((_FOLDER / "package.json").read_text())["dependencies"]
    missing = [name for name in wanted if not (modules / name / "package.json").exists()]
    if missing:
        said = f"npm packages are missing ({', '.join(missing)}); get them with: {_HOW}"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(said)
        pytest.skip(said)
    link = folder / "node_modules"
    if not link.is_symlink():
        link.symlink_to(modules)
    return path
