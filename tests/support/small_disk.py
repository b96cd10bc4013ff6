"""A file system of a few bytes, to be filled, or one that nobody may write to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.programs import program


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """`folder`, which is made, on a disk of `size` bytes. The test is skipped where this account may not mount one."""
    with _mounted(folder, f"size={size},mode=700"):
        yield folder


@contextmanager
def read_only_disk(folder: Path) -> Iterator[None]:
    """The same, which nothing can be written to."""
    with _mounted(folder, "ro,size=4096"):
        yield


@contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir(parents=True)
    mounted = subprocess.run(  # noqa: S603 - our own arguments
        [program("mount"), "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted: {mounted.stderr.strip()}; run this as root, with CAP_SYS_ADMIN")
    try:
        yield
    finally:
        subprocess.run([program("umount"), str(folder)], check=True)  # noqa: S603 - likewise
