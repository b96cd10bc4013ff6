"""The fields of a request, wherever they stand: query, JSON, multipart or urlencoded form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import BodyPartReader, MultipartReader, hdrs, web
from aiohttp.http import HttpProcessingError

from gateway.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType
from gateway.inputs.json_body import parse_object

MOST_FIELDS = 100
LONGEST_NAME = 128
LONG_BODY = 256 * 1024
"""Bytes from which a body is parsed in a worker thread: parsing costs about 1 ms a MB."""

ENCODINGS = frozenset({"identity", "gzip", "deflate"})
"""Of a whole body; aiohttp unpacks it, and what it becomes is held against the same limits."""

PICTURE_FIELDS = frozenset({"image", "mask"})
ACCEPTED = "application/json, multipart/form-data or application/x-www-form-urlencoded"

Value: TypeAlias = object


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of one file part. Its name and claimed type are not kept: neither is ever believed."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """What was sent, `null` and empty form values left out."""

    values: dict[str, Value] = field(default_factory=dict)
    strict: bool = False
    """JSON says what type a value has; forms and queries are text that has to be read."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    max_body: int
    max_picture: int


async def read_fields(request: web.Request, limits: BodyLimits) -> Fields:
    """The fields of `request`.

    Raises:
        BadRequest: a malformed body, or too many fields.
        PayloadTooLarge: more bytes than `limits` allow.
        UnsupportedMediaType: a body of another kind or encoding.
    """
    if request.method == hdrs.METH_GET:
        return _from_pairs(request.query.items())
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() not in ENCODINGS:
        raise UnsupportedMediaType("This Content-Encoding is not taken; send the body as it is, or in gzip")
    try:
        return await _from_body(request, limits)
    except web.RequestPayloadError as error:  # while it arrives: not compressed as announced, or cut off
        raise BadRequest("The request body is not what its headers announce") from error


async def _from_body(request: web.Request, limits: BodyLimits) -> Fields:
    match request.content_type:
        case "application/json":
            return await _from_json(request)
        case "multipart/form-data":
            return await _from_multipart(request, limits)
        case "application/x-www-form-urlencoded":
            return await _from_urlencoded(request)
        case "application/octet-stream" if not request.can_read_body:  # aiohttp's word for: nothing was said
            return Fields()
        case _:
            raise UnsupportedMediaType(f"This Content-Type is not taken; send {ACCEPTED}")


async def _from_json(request: web.Request) -> Fields:
    data = await request.read()
    members = await asyncio.to_thread(parse_object, data) if len(data) > LONG_BODY else parse_object(data)
    return Fields({name: value for name, value in members.items() if value is not None}, strict=True)


async def _from_urlencoded(request: web.Request) -> Fields:
    try:
        form = await request.post()
    except (LookupError, UnicodeDecodeError) as error:  # an unknown charset, and bytes that are not of it
        raise BadRequest("The form is not text in the charset that it names, or in UTF-8") from error
    return _from_pairs(_texts(form.items()))


def _texts(items: Iterable[tuple[str, object]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in items if isinstance(value, str))


def _from_pairs(pairs: Iterable[tuple[str, Value]]) -> Fields:
    values: dict[str, Value] = {}
    for count, (sent_name, value) in enumerate(pairs):
        if count >= MOST_FIELDS:
            raise BadRequest(f"More than {MOST_FIELDS} fields were sent")
        name = sent_name.removesuffix("[]")
        if value == "" or len(name) > LONGEST_NAME:
            continue
        if name in PICTURE_FIELDS and name in values:
            before = values[name]
            values[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            values[name] = value
    return Fields(values)


async def _from_multipart(request: web.Request, limits: BodyLimits) -> Fields:
    try:
        reader = await request.multipart()
        pairs = [pair async for pair in _parts(reader, limits)]
    except (
        ValueError,
        AssertionError,
        LookupError,
        HttpProcessingError,
    ) as error:  # what aiohttp's reader raises on malformed parts
        raise BadRequest("The multipart body is malformed") from error
    return _from_pairs(pairs)


async def _parts(reader: MultipartReader, limits: BodyLimits) -> AsyncIterator[tuple[str, Value]]:
    left = limits.max_body
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise BadRequest("Nested multipart bodies are not taken")
        if {hdrs.CONTENT_ENCODING, hdrs.CONTENT_TRANSFER_ENCODING} & part.headers.keys():
            raise BadRequest("Encoded parts are not taken; send the bytes as they are")
        name = part.name or ""
        data = await _read_part(part, name, left, limits)
        left -= len(data)
        if not name:
            continue
        yield name, Upload(data) if _is_file(part) else _text(data, name)


async def _read_part(part: BodyPartReader, name: str, left: int, limits: BodyLimits) -> bytes:
    """The bytes of one part; `request.multipart()` itself has no bound, so it is kept here."""
    buffer = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        buffer += chunk
        if len(buffer) > left:
            raise PayloadTooLarge(f"The request body has more than {limits.max_body} bytes")
        if _is_file(part) and len(buffer) > limits.max_picture:
            raise PayloadTooLarge(
                f"The picture has more than {limits.max_picture} bytes", param=name.removesuffix("[]")
            )
    return bytes(buffer)


def _is_file(part: BodyPartReader) -> bool:
    return part.filename is not None or part.headers.get(hdrs.CONTENT_TYPE, "text/").lower().startswith("image/")


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"The field {name[:LONGEST_NAME]!r} is not UTF-8 text") from None
