"""The shape of the house: tests mirror the package, and imports point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gateway"
TESTS = ROOT / "tests"

RANKS = [
    {
        "allocator",
        "errors",
        "clock",
        "concurrency",
        "blob",
        "budget",
        "spool",
        "hops",
        "trace",
        "spans",
        "silence",
        "forwarding",
        "uses",
        "listening",
    },
    {"images", "logs"},
    {"config", "imaging"},
    {
        "config_file",
        "tls",
        "metrics",
        "loop_lag",
        "inputs",
        "lifecycle",
        "exposure",
        "reloadable",
        "reload",
        "tokens",
        "quotas",
        "shared_state",
        "tracing",
    },
    {"upstreams", "models", "hosting", "answers"},
    {"jobs", "caching", "origin", "request_keys"},
    {"guide", "backends", "supervision"},
    {"house"},
    {"middleware", "handlers", "mcp_server", "routes", "openapi"},
    {"generations"},
    {"app"},
    {"server", "connections", "collector", "greeting"},
    {"client"},
    {"cli"},
    {"__main__"},
]
"""Rooms from the ground up: a room imports from its own rank and those below."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gateway"):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("gateway"))


def rank_of(name: str) -> int:
    return next(index for index, rooms in enumerate(RANKS) if name in rooms)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    upward = [name for name in imports(path) if "." in name and rank_of(room(name)) > rank_of(own)]
    assert upward == []


def test_every_room_has_its_rank() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()} - {"__init__"}
    assert rooms == set().union(*RANKS)


def test_drivers_never_see_a_server_request() -> None:
    for path in (PACKAGE / "upstreams").rglob("*.py"):
        assert "aiohttp import web" not in path.read_text(), path


def test_only_the_guarded_fetch_and_the_upstreams_open_sessions() -> None:
    """A session opened anywhere else could reach an address that a client gave (S1 to S12)."""
    allowed = {"inputs/fetch.py", "upstreams/http.py", "cli/doctor.py", "client/command.py"}
    found = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        if "ClientSession(" in path.read_text() or "urlopen" in path.read_text()
    }
    assert found <= allowed


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent if path.read_text().strip()] == []
