"""Whether the folder of `images.store` can be used, told without making it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def unusable(folder: Path, error: OSError) -> str:
    """The key to change, in the words of the start and of `doctor`."""
    return f"images.store: the folder {folder} cannot be used: {error.strerror}"


def folder_fault(folder: Path) -> str | None:
    """What has to be changed before pictures can be kept in `folder`; None when nothing is known to be wrong.

    Writes and lists in the folder, or in the nearest above it that exists, and leaves nothing behind. Blocks.
    """
    try:
        nearest = _nearest(folder)
        with os.scandir(nearest), tempfile.TemporaryFile(dir=nearest):
            return None
    except OSError as error:
        return unusable(folder, error)


def _nearest(folder: Path) -> Path:
    for path in (folder, *folder.parents):
        try:
            path.stat()
        except FileNotFoundError:
            continue
        return path
    return folder
