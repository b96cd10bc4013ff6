"""Who runs beside whom: two processes share the whole suite, and who compares times has the machine to itself."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

PROCESSES = 2
"""Most tests use one processor or wait: two at a time are busy without being in each other's way."""
FOLDER = "TEST_RUNFOLDER"
"""In the environment: what the processes of this run share."""


def processes(config: pytest.Config) -> int:
    """How many run these tests: what is asked for by name, by a marker or with figures runs in this one, in order."""
    whole = {Path(named).resolve() for named in config.args} == {config.rootpath / "tests"}
    by_default = "not slow" in config.option.markexpr and not config.option.keyword
    return PROCESSES if whole and by_default and config.option.capture != "no" else 0


def begin(config: pytest.Config) -> None:
    """The first process makes the folder of the run, and takes it away at the end."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = folder = tempfile.mkdtemp(prefix="test-run-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        config.add_cleanup(lambda: os.unsetenv(FOLDER))
    runs_tests = hasattr(config, "workerinput") or not config.option.numprocesses
    if runs_tests and os.environ.pop("PYTHONDONTWRITEBYTECODE", None) is not None:
        # A third of what a gateway in a process of its own takes to start. Beside the sources nothing is written.
        os.environ["PYTHONPYCACHEPREFIX"] = str(_folder() / "bytecode")


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Hold the machine: with the other processes of this run, or `alone`.

    Whoever wants it alone closes the door first, so that the others, who come through it one after another, cannot
    pass by for ever.
    """
    with ExitStack() as held:
        with _locked("door", fcntl.LOCK_EX):
            held.enter_context(_locked("room", fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        yield


def _folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def _locked(name: str, how: int) -> Iterator[None]:
    with (_folder() / name).open("w") as lock:
        fcntl.flock(lock, how)
        yield
