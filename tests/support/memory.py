"""What a process holds in memory, as the kernel counts it; Linux alone tells."""

from __future__ import annotations

import re
from pathlib import Path

MIB = 2**20


class Memory:
    """Of one process, in bytes."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    @property
    def now(self) -> int:
        return self._status("VmRSS")

    @property
    def peak(self) -> int:
        """The most since the process began, or since `forget`."""
        return self._status("VmHWM")

    def forget(self) -> int:
        """Measure the peak anew from here; gives what is held here."""
        (self._folder / "clear_refs").write_text("5")
        return self.now

    def _status(self, name: str) -> int:
        match = re.search(rf"{name}:\s+(\d+) kB", (self._folder / "status").read_text())
        assert match is not None
        return int(match[1]) * 1024
