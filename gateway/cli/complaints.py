"""What ends a command before its work, said in a line each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from gateway.config_file import ConfigError
from gateway.listening import CannotListen


def complaining(path: Path | None, run: Callable[[], int]) -> int:
    """The exit status of `run`; 1 when it stumbles over the configuration in `path`, or over an address."""
    try:
        return run()
    except ConfigError as error:
        for fault in error.faults:
            sys.stderr.write(f"{path or 'configuration'}: {fault}\n")
    except CannotListen as error:
        sys.stderr.write(f"{error}\n")
    return 1
