"""Processes that file permissions bind, also where the tests run as root.

Another user could not read the interpreter and its packages below /root. Root without the two rights to overlook
permissions is bound by those of its own files like everybody else.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_libc = ctypes.CDLL(None)


def be_bound() -> None:
    """In a child before it becomes another program: give up root's rights over permissions, for good."""
    if os.geteuid() == 0:
        for right in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            _libc.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)


def needs_to_be_bound(folder: Path) -> None:
    """Skip the test where permissions bind nobody, whatever is given up."""
    locked = folder / "locked"
    locked.touch(mode=0)
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", "import sys; open(sys.argv[1])", str(locked)],
        preexec_fn=be_bound,
        capture_output=True,
        check=False,
    )
    locked.unlink()
    if not done.returncode:
        pytest.skip("root cannot give up its rights here; run the tests as another user, or as root with CAP_SETPCAP")
