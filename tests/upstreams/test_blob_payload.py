"""Pictures in forms, from memory and from a file: whole, with their type, and sent again when asked again."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, FormData, web
from aiohttp.test_utils import TestServer

from gateway.blob import Blob, MemoryBlob
from gateway.spool import Spool
from gateway.upstreams.blob_payload import BlobPayload

DATA = bytes(range(256)) * 4000


@pytest.mark.parametrize("blob", [MemoryBlob(DATA), Spool(in_memory=0).keep(DATA)], ids=["memory", "file"])
async def test_a_picture_arrives_whole_with_its_type(blob: Blob) -> None:
    got: list[tuple[str, str | None, str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        part = (await request.post())["image"]
        assert isinstance(part, web.FileField)
        got.append((part.content_type, part.filename, str(request.content_length), part.file.read()))
        return web.Response()

    app = web.Application(client_max_size=2**30)
    app.router.add_post("/", take)
    async with TestServer(app) as server, ClientSession() as session:
        for _ in range(2):
            form = FormData()
            form.add_field("image", BlobPayload(blob, "image/png"), filename="a.png")
            async with session.post(server.make_url("/"), data=form) as answer:
                assert answer.status == 200
    assert [(kind, name, data) for kind, name, _, data in got] == [("image/png", "a.png", DATA)] * 2
    assert all(length.isdigit() for _, _, length, _ in got)


def test_it_shows_no_bytes() -> None:
    assert str(BlobPayload(MemoryBlob(b"secret"), "image/png")) == "<image/png, 6 bytes>"
    with pytest.raises(TypeError):
        BlobPayload(MemoryBlob(b"x"), "image/png").decode()
