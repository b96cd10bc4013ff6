"""Bytes and texts that were handed in become pictures, few of them in memory at a time."""

from __future__ import annotations

from dataclasses import replace

from gateway.blob import Blob, MemoryBlob
from gateway.errors import BadRequest, PayloadTooLarge
from gateway.images import Picture
from gateway.imaging.errors import PictureError
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.inputs.base64_text import decode_picture_text
from gateway.inputs.fields import Upload
from gateway.inputs.long_text import LongText
from gateway.inputs.request_memory import RequestMemory
from gateway.spool import Spool, SpoolMemory


class PictureIntake:
    def __init__(self, limits: PictureLimits, memory: RequestMemory, spooled: SpoolMemory | None = None) -> None:
        self._limits = limits
        self._memory = memory
        self._spooled = spooled or SpoolMemory()

    def spool(self) -> Spool:
        """Where one request keeps what it brings."""
        return Spool(shared=self._spooled)

    async def take(self, sent: str | LongText | Upload, param: str, spool: Spool) -> Picture:
        """The picture that came in the field `param`; large ones stay in the spool.

        Raises:
            BadRequest: it is not a picture, or not one that is taken.
            PayloadTooLarge: it has more bytes than pictures may have.
            Unavailable: many large requests are being read now, or the disk is full.
        """
        return await self._memory.run(lambda: self._read(sent, param, spool), size=_held(sent))

    def _read(self, sent: str | LongText | Upload, param: str, spool: Spool) -> Picture:
        data = sent.blob.read() if isinstance(sent, Upload) else self._decoded(sent, param)
        if len(data) > self._limits.max_bytes:
            raise PayloadTooLarge(f"The picture has more than {self._limits.max_bytes} bytes", param=param)
        try:
            picture = read_picture(data, self._limits)
        except PictureError as error:
            raise BadRequest.picture(param, f"{error}.") from None
        kept = picture.blob.read()
        return replace(picture, blob=_in_spool(kept, sent, spool, changed=kept is not data))

    def _decoded(self, sent: str | LongText, param: str) -> bytes:
        try:
            text = sent.read() if isinstance(sent, LongText) else sent
        except ValueError:
            raise BadRequest.picture(param, "The text cannot be read.") from None
        return decode_picture_text(text, param, self._limits.max_bytes)


def _in_spool(kept: bytes, sent: str | LongText | Upload, spool: Spool, *, changed: bool) -> Blob:
    if isinstance(sent, Upload) and not changed:
        return sent.blob
    if isinstance(sent, Upload) and isinstance(sent.blob, MemoryBlob):
        return MemoryBlob(kept, held=sent.blob.held)  # it takes the place of what was sent, and is not longer
    return spool.keep(kept)


def _held(sent: str | LongText | Upload) -> int:
    """Bytes at most while it is read: the text, what it stands for, and that without its metadata."""
    match sent:
        case LongText():
            return 3 * sent.size
        case Upload():
            return 2 * sent.blob.size
        case _:
            return 3 * len(sent)
