"""The fields of a request, wherever they stand: query, JSON, multipart or urlencoded form.

A small body is parsed where it is. One of more than `MOST_TEXT` bytes must hold pictures: it goes to the spool,
and what makes it large stays there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from aiohttp import hdrs, web

from gateway.blob import Blob
from gateway.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType
from gateway.inputs.arriving import MOST_FIELDS, BodyLimits, arrived, arriving
from gateway.inputs.json_body import parse_object
from gateway.inputs.long_text import LONG, MOST_TEXT, LongText, parse_long_object, too_much_text
from gateway.inputs.multipart import FormReader, Head, boundary_of
from gateway.inputs.request_memory import RequestMemory
from gateway.inputs.urlencoded import Pair, parse_form, parse_long_form
from gateway.spool import Spool, SpooledBlob

LONGEST_NAME = 128
LONG_PARSE = 16 * 1024
"""Bytes from which a body is parsed in a worker thread: a hostile one makes a kilobyte cost 0.1 ms."""

PICTURE_FIELDS = frozenset({"image", "mask"})
ACCEPTED = "application/json, multipart/form-data or application/x-www-form-urlencoded"

Value: TypeAlias = object
T = TypeVar("T")


class Upload:
    """The bytes of one file part. Its name and claimed type are not kept: neither is ever believed."""

    def __init__(self, blob: Blob) -> None:
        self.blob = blob


@dataclass(frozen=True, slots=True)
class Fields:
    """What was sent, `null` and empty form values left out."""

    values: dict[str, Value] = field(default_factory=dict)
    strict: bool = False
    """JSON says what type a value has; forms and queries are text that has to be read."""


class FieldReader:
    def __init__(self, limits: BodyLimits, memory: RequestMemory) -> None:
        self._limits = limits
        self._memory = memory

    async def read(self, request: web.Request, spool: Spool) -> Fields:
        """The fields of `request`, its large values in `spool`.

        Raises:
            BadRequest: a malformed body, too many fields, or one that takes too long to arrive.
            PayloadTooLarge: more bytes than the limits allow.
            UnsupportedMediaType: a body of another kind or encoding.
            Unavailable: many large bodies are being read now, or the disk is full.
        """
        if request.method == hdrs.METH_GET:
            return _from_pairs(request.query.items())
        match request.content_type:
            case "application/json":
                return await self._from_json(request)
            case "multipart/form-data":
                return await self._from_multipart(request, spool)
            case "application/x-www-form-urlencoded":
                return await self._from_urlencoded(request)
            case "application/octet-stream" if not request.can_read_body:  # aiohttp's word for: nothing was said
                return Fields()
            case _:
                raise UnsupportedMediaType(f"This Content-Type is not taken; send {ACCEPTED}")

    async def _from_json(self, request: web.Request) -> Fields:
        members = await self._parsed(await self._body(request), parse_object, parse_long_object)
        return Fields({name: value for name, value in members.items() if value is not None}, strict=True)

    async def _from_urlencoded(self, request: web.Request) -> Fields:
        charset = request.charset or "utf-8"
        pairs: list[Pair] = await self._parsed(
            await self._body(request),
            lambda body: parse_form(body, charset),
            lambda body: parse_long_form(body, charset),
        )
        return _from_pairs(pairs)

    async def _parsed(
        self, body: bytes | SpooledBlob, short: Callable[[bytes], T], long: Callable[[SpooledBlob], T]
    ) -> T:
        if isinstance(body, SpooledBlob):
            return await self._memory.run(lambda: long(body), size=body.size)
        if len(body) > LONG_PARSE:
            return await asyncio.to_thread(short, body)
        return short(body)

    async def _body(self, request: web.Request) -> bytes | SpooledBlob:
        """In a file of its own when it is long: it is not kept as long as its pictures are."""
        if (whole := arrived(request, min(MOST_TEXT, self._limits.max_body))) is not None:
            return whole
        draft = Spool(in_memory=MOST_TEXT).draft()
        async with arriving(request, self._limits) as chunks:
            async for chunk in chunks:
                await draft.add(chunk)
        blob = await draft.finish()
        return blob if isinstance(blob, SpooledBlob) else blob.read()

    async def _from_multipart(self, request: web.Request, spool: Spool) -> Fields:
        boundary = boundary_of(request.headers[hdrs.CONTENT_TYPE])
        async with arriving(request, self._limits) as chunks:
            return _from_pairs([pair async for pair in self._parts(FormReader(boundary, chunks), spool)])

    async def _parts(self, form: FormReader, spool: Spool) -> AsyncIterator[tuple[str, Value]]:
        texts = 0
        while (head := await form.next_part()) is not None:
            if head.is_file:
                yield head.name, Upload(await self._file(head, form, spool))
                continue
            data = await _short_or_long(form, spool)
            texts += len(data) if isinstance(data, bytes) else 0
            if texts > MOST_TEXT:
                raise too_much_text()
            yield head.name, _text(data, head.name) if isinstance(data, bytes) else data

    async def _file(self, head: Head, form: FormReader, spool: Spool) -> Blob:
        draft, most = spool.draft(), self._limits.max_picture
        async for piece in form.pieces():
            await draft.add(piece)
            if draft.size > most:
                raise PayloadTooLarge(f"The picture has more than {most} bytes", param=head.name.removesuffix("[]"))
        return await draft.finish()


async def _short_or_long(form: FormReader, spool: Spool) -> bytes | LongText:
    """The text of a part."""
    start = bytearray()
    draft = None
    async for piece in form.pieces():
        if draft is not None:
            await draft.add(piece)
            continue
        start += piece
        if len(start) > LONG:
            draft = spool.draft()
            await draft.add(bytes(start))
    return bytes(start) if draft is None else LongText(await draft.finish())


def _from_pairs(pairs: Iterable[tuple[str, Value]]) -> Fields:
    values: dict[str, Value] = {}
    for count, (sent_name, value) in enumerate(pairs):
        if count >= MOST_FIELDS:
            raise BadRequest(f"More than {MOST_FIELDS} fields were sent")
        name = sent_name.removesuffix("[]")
        if value == "" or not 0 < len(name) <= LONGEST_NAME:
            continue
        if name in PICTURE_FIELDS and name in values:
            before = values[name]
            values[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            values[name] = value
    return Fields(values)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"The field {name[:LONGEST_NAME]!r} is not UTF-8 text") from None
