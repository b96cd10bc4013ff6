"""Where pictures go: names that say what they are, and nothing that was there before is written over."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from gateway.client.failures import Unusable
from gateway.client.orders import LocalPicture, Order
from gateway.images import ImageFormat, Operation

LONGEST_STEM = 48
"""Letters of a name that is made of a prompt."""


class Destination(Protocol):
    def save(self, data: bytes, form: ImageFormat, index: int) -> Path | None:
        """Write one picture; gives where it is, or None for standard output.

        Raises:
            OSError: it cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class StandardOutput:
    stream: BinaryIO

    def save(self, data: bytes, form: ImageFormat, index: int) -> None:  # noqa: ARG002 - what a destination is told
        self.stream.write(data)
        self.stream.flush()


@dataclass(frozen=True, slots=True)
class Folder:
    """Names of our own, the first that is free: `a-red-bicycle.png`, `a-red-bicycle-2.png`."""

    path: Path
    stem: str

    def save(self, data: bytes, form: ImageFormat, index: int) -> Path:  # noqa: ARG002 - what a destination is told
        for name in _numbered(self.path / f"{self.stem}.{form.extension}"):
            if _create(name, data):
                return name
        raise AssertionError("numbers do not end")


@dataclass(frozen=True, slots=True)
class Files:
    """The names that were asked for, one a picture."""

    paths: tuple[Path, ...]
    force: bool

    def save(self, data: bytes, form: ImageFormat, index: int) -> Path:  # noqa: ARG002 - what a destination is told
        path = self.paths[index]
        if self.force:
            _replace(path, data)
            return path
        for name in _numbered(path):  # a file that came into being meanwhile stays, and so does the paid picture
            if _create(name, data):
                return name
        raise AssertionError("numbers do not end")


def destination(output: str | None, order: Order, count: int, *, force: bool) -> Destination:
    """What `--output` means, checked before anything is sent.

    Raises:
        Unusable: pictures could not be kept there, or a file would be overwritten.
    """
    if output == "-":
        return _standard_output(count)
    if output is None or output.endswith(os.sep) or Path(output).is_dir():
        return Folder(_writable(Path(output or ".")), stem_of(order))
    path = Path(output)
    paths = (path,) if count == 1 else tuple(_beside(path, number + 1) for number in range(count))
    _writable(path.parent)
    taken = [str(found) for found in paths if found.exists()]
    if taken and not force:
        raise Unusable(f"{', '.join(taken)} is there already", "Choose another name, or write over it with --force.")
    return Files(paths, force)


def stem_of(order: Order) -> str:
    """`a-red-bicycle` of a prompt; `photo-edit` and `photo-x2` of a picture."""
    if order.operation is Operation.GENERATE:
        return _words(order.prompt or "") or "picture"
    source = order.images[0]
    name = source.name if isinstance(source, LocalPicture) else source.split("?")[0].split("#")[0].rpartition("/")[2]
    does = order.fields.get("upscale_factor", "x2") if order.operation is Operation.UPSCALE else order.operation
    return f"{_words(Path(name).stem) or 'picture'}-{does}"


def _words(text: str) -> str:
    """Letters and digits of any script, and nothing that a shell or a file system would take for something else."""
    return "-".join(re.findall(r"[^\W_]+", text.lower()))[:LONGEST_STEM].strip("-")


def _beside(path: Path, number: int) -> Path:
    return path.with_stem(f"{path.stem}-{number}")


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    number = 2
    while True:
        yield _beside(path, number)
        number += 1


def _standard_output(count: int) -> StandardOutput:
    if count > 1:
        raise Unusable("Standard output takes one picture", "Ask for one, or name a folder.")
    if sys.stdout.isatty():
        raise Unusable("A terminal shows no picture", "Name a file with --output, or send the output on with | or >.")
    return StandardOutput(sys.stdout.buffer)


def _writable(folder: Path) -> Path:
    if not folder.is_dir():
        raise Unusable(f"{folder} is no folder", "Make it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unusable(f"{folder} cannot be written to")
    return folder


def _create(path: Path, data: bytes) -> bool:
    """Whether the name was free. A file that could not be written to its end does not stay."""
    try:
        file = path.open("xb")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def _replace(path: Path, data: bytes) -> None:
    """What was there stays until the new picture is whole; a link still leads to it after."""
    path = path.resolve()
    if path.exists() and not path.is_file():  # a device or a pipe, which cannot be replaced
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
