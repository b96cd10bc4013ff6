"""What a run's figures depend on: versions, processors, and what else the machine was doing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from bench.nginx import nginx_is_there, nginx_version
from bench.rivals import RIVALS
from gateway import __version__

PACKAGES = ("aiohttp", "uvloop", "orjson", "pybase64", "zlib-ng", "pillow", "pydantic")


def conditions(rivals: Mapping[str, Path]) -> str:
    """One paragraph in plain words."""
    cpus = sorted(os.sched_getaffinity(0))
    placed = f"servers on CPU {cpus[0]}, mock and load on CPU {cpus[-1]}"
    return f"{', '.join(_versions(rivals))}; {len(cpus)} CPUs, {placed}"


def machine_load() -> str:
    """Of one, five and fifteen minutes: what else ran shows in it."""
    return "load average " + ", ".join(f"{load:.1f}" for load in os.getloadavg())


def _versions(rivals: Mapping[str, Path]) -> Iterator[str]:
    yield f"gateway {__version__}"
    yield f"Python {platform.python_version()}"
    yield from (f"{name} {version(name)}" for name in PACKAGES)
    if nginx_is_there():
        yield f"nginx {nginx_version()}"
    yield from (f"{name} {RIVALS[name].version(place)}" for name, place in rivals.items())
