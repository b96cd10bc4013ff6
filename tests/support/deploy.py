"""The files of `deploy/`, read as their tools read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"


def document(path: str) -> Any:
    """The only one of a YAML or JSON file below `deploy/`."""
    return yaml.safe_load((DEPLOY / path).read_text())


def rules() -> Iterator[dict[str, Any]]:
    """Of Prometheus: those that record, then those that alert."""
    for name in ("recording.yml", "alerts.yml"):
        for group in document(f"prometheus/{name}")["groups"]:
            yield from group["rules"]


def panels() -> Iterator[dict[str, Any]]:
    """Of the dashboard, those that show something."""
    return (panel for panel in document("grafana/dashboard.json")["panels"] if panel["type"] != "row")


def configurations() -> list[Path]:
    """Every configuration of a gateway below `deploy/`."""
    return sorted(DEPLOY.rglob("gateway.yaml"))


def variables(text: str) -> set[str]:
    """Of the environment, those without which `text` cannot be read."""
    return set(re.findall(r"\$\{(\w+)\}", "\n".join(line.partition("#")[0] for line in text.splitlines())))
