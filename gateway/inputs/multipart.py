"""A multipart form (RFC 7578) read as it arrives: nothing is held but one piece of it, and everything is counted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from gateway.errors import BadRequest
from gateway.inputs.arriving import MOST_FIELDS

MOST_HEADERS = 16
LONGEST_HEAD = 8 * 1024
"""Bytes of all headers of one part."""

_LINE_END = b"\r\n"
_HEAD_END = 2 * _LINE_END
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_PLAIN = re.compile(r"[\x20-\x7e]{1,70}")  # as RFC 2046 wants them
_PARAMETER = re.compile(r';\s*([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))\s*', re.IGNORECASE)
_FILENAME = re.compile(r";\s*filename", re.IGNORECASE)
_ESCAPED = re.compile(r'\\(["\\])')
_HARMLESS_ENCODINGS = frozenset({"", "binary", "8bit", "7bit"})
"""They say that nothing was done to the bytes; some libraries for Java still do."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a part says of itself. Its file name is looked at only for being there."""

    name: str
    is_file: bool


class FormReader:
    """The parts of a form one after another: `next_part`, then `pieces` until there are none."""

    def __init__(self, boundary: str, chunks: AsyncIterator[bytes]) -> None:
        self._delimiter = b"\r\n--" + boundary.encode()
        self._chunks = chunks
        self._data = b"\r\n"  # so that the first delimiter looks like the others
        self._at = 0
        """How much of `_data` has been read."""
        self._parts = 0

    async def next_part(self) -> Head | None:
        """The next part, once all of the one before has been read; None behind the last.

        Raises:
            BadRequest: what follows is no part, or not one that is taken.
        """
        if self._parts == 0:
            async for _ in self.pieces():
                pass  # what stands before the first delimiter means nothing
        if await self._line_ends_the_form():
            return None
        self._parts += 1
        if self._parts > MOST_FIELDS:
            raise BadRequest(f"More than {MOST_FIELDS} fields were sent")
        return _head(await self._headers())

    async def pieces(self) -> AsyncIterator[memoryview]:
        """The bytes up to the next delimiter, which is consumed. Each piece is a view of what came, and no copy."""
        delimiter = self._delimiter
        while (end := self._data.find(delimiter, self._at)) < 0:
            ready = len(self._data) - len(delimiter) + 1
            if ready > self._at:
                yield memoryview(self._data)[self._at : ready]
                self._at = ready
            await self._more()
        start, self._at = self._at, end + len(delimiter)
        if end > start:
            yield memoryview(self._data)[start:end]

    async def _line_ends_the_form(self) -> bool:
        """Read what follows a delimiter: two hyphens behind the last part, else the end of its line."""
        while (end := self._data.find(b"\n", self._at, self._at + LONGEST_HEAD)) < 0:
            if self._data.startswith(b"--", self._at):
                return True
            if len(self._data) - self._at >= LONGEST_HEAD:
                raise _malformed()
            await self._more()
        line, self._at = self._data[self._at : end], end + 1
        if line.startswith(b"--"):
            return True
        if line.strip(b" \t\r"):
            raise _malformed()
        return False

    async def _headers(self) -> bytes:
        while len(self._data) - self._at < len(_LINE_END):  # the network may cut before a blank line, or in it
            await self._more()
        if self._data.startswith(_LINE_END, self._at):
            self._at += len(_LINE_END)
            return b""
        most = LONGEST_HEAD + len(_HEAD_END)
        while (end := self._data.find(_HEAD_END, self._at, self._at + most)) < 0:
            if len(self._data) - self._at >= most:
                raise BadRequest("A part of the multipart body has too long a head")
            await self._more()
        head, self._at = self._data[self._at : end], end + len(_HEAD_END)
        return head

    async def _more(self) -> None:
        chunk = await anext(self._chunks, None)
        if chunk is None:
            raise BadRequest("The multipart body has no end")
        self._data, self._at = self._data[self._at :] + chunk, 0


def boundary_of(content_type: str) -> str:
    """Raises BadRequest where the header names none that is one."""
    found = _BOUNDARY.search(content_type)
    boundary = (found[1] or found[2] or "") if found else ""
    if not _PLAIN.fullmatch(boundary):
        raise BadRequest("The Content-Type names no boundary of the multipart body")
    return boundary


def _head(lines: bytes) -> Head:
    headers = _fields(lines)
    kind = headers.get("content-type", "").lower()
    if kind.startswith("multipart/"):
        raise BadRequest("Nested multipart bodies are not taken")
    if "content-encoding" in headers or headers.get("content-transfer-encoding", "").lower() not in _HARMLESS_ENCODINGS:
        raise BadRequest("Encoded parts are not taken; send the bytes as they are")
    named = _named(headers.get("content-disposition", ""))
    return Head(named.name, named.is_file or kind.startswith("image/"))


def _named(disposition: str) -> Head:
    """Parameter by parameter: a file name may hold what looks like another."""
    at = max(0, disposition.find(";"))
    name, is_file = "", False
    while parameter := _PARAMETER.match(disposition, at):
        key, at = parameter[1].lower(), parameter.end()
        if key == "name":
            name = _ESCAPED.sub(r"\1", parameter[2] or parameter[3] or "")
        is_file = is_file or key in {"filename", "filename*"}
    return Head(name, is_file or bool(_FILENAME.match(disposition, at)))


def _fields(lines: bytes) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    for line in lines.split(b"\r\n") if lines else []:
        name, colon, value = line.partition(b":")
        if not colon or name != name.strip() or len(fields) >= MOST_HEADERS:
            raise _malformed()
        fields[name.decode("latin-1").lower()] = value.decode("utf-8", "replace").strip()
    return fields


def _malformed() -> BadRequest:
    return BadRequest("The multipart body is malformed")
