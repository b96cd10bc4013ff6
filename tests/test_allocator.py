"""Memory that many threads have freed is not kept once a thread (L2)."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

THREADS = 16
PLACES = f"""
import sys, threading
from gateway.allocator import limit_memory
from pathlib import Path

if sys.argv[1] == "limited":
    assert limit_memory()
barrier = threading.Barrier({THREADS})

def work():
    held = bytearray(100_000)
    barrier.wait()

threads = [threading.Thread(target=work) for _ in range({THREADS})]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(Path("/proc/self/maps").read_text().count("rw-p"))
"""


def mappings(how: str) -> int:
    """Pieces of memory that the process may write to."""
    done = subprocess.run([sys.executable, "-c", PLACES, how], capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and script
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library, which is not told how to keep memory")
def test_threads_share_two_places() -> None:
    assert mappings("limited") < mappings("free")
