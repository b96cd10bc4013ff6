"""Pictures of every kind that Pillow writes, a few that only hands can make, and the bricks to make more."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PIL import Image, ImageCms, ImageSequence
from PIL.PngImagePlugin import PngInfo

WIDTH, HEIGHT = 13, 9
SECRET = b"SECRET-PLACE"
Build = Callable[[], bytes]

# Arithmetic coding: written by cjpeg, since Pillow reads it but does not write it.
_TABLES = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wCDEAAoABwAHgAjAB4AGQAoACMAIQAjAC0AKwAoADAAPABkAEEAPAA3ADcAPAB7AFgAXQBJAGQA"
    "kQCAAJkAlgCPAIAAjACKAKAAtADmAMMAoACqANoArQCKAIwAyAERAMsA2gDuAPUBAgEEAQIAmwDBARsBLwEYAPoBLADmAP0BAgD4"
)
_SEQUENTIAL = "/8kACwgACQAMAQERAP/MAAYAEBAF/9oACAEBAAA/AP0qizIg34FtlLtvlOJgh7zNhAJlokoSFckWS7g1MApP4+znfv/Z"
_PROGRESSIVE = (
    "/8oACwgACQAMAQERAP/MAAQAEP/aAAgBAQAAAAH5iRYEgP/MAAQQBf/aAAgBAQABBQIX7QYHPung/8wABBAF/9oACAEBAAY/Ave/QkAe"
    "/8wABBAF/9oACAEBAAE/IYgZsSXlmUj/2gAIAQEAAAAQ0P/MAAQQBf/aAAgBAQABPxBRZQHHO5Uj+471OP/Z"
)


def paint(mode: str, seed: int = 1) -> Image.Image:
    """The same noise every time."""
    size = (WIDTH, HEIGHT)
    noise = random.Random(seed)
    if mode == "P":
        return paint("RGB", seed).quantize(16)
    if mode == "1":
        return paint("L", seed).convert("1")
    bytes_a_pixel = 2 if mode == "I;16" else len(mode)
    return Image.frombytes(mode, size, noise.randbytes(WIDTH * HEIGHT * bytes_a_pixel))


def save(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def png_chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def jpeg_segment(marker: int, body: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body


def webp_chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<4sI", kind, len(body)) + body + bytes(len(body) % 2)


def riff(chunks: bytes) -> bytes:
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WEBP") + chunks


def gps_exif(orientation: int, order: str = ">") -> bytes:
    """An EXIF block, without prefix, of a camera that knew where it was."""
    entries = struct.pack(f"{order}HHII", 0x010F, 2, len(SECRET), 100)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(f"{order}HHII", 0x8825, 4, 1, 150)
    block = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}IH", 8, 3) + entries
    block = (block + bytes(4)).ljust(100, b"\0") + SECRET
    return block.ljust(150, b"\0") + struct.pack(f"{order}H", 0) + bytes(4)


def icc_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def interlaced() -> bytes:
    """A PNG in the seven passes of Adam7."""
    grey = paint("L").tobytes()
    passes = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    rows = b""
    for left, top, across, down in passes:
        for y in range(top, HEIGHT, down):
            rows += b"\0" + grey[y * WIDTH : (y + 1) * WIDTH][left::across]
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND")


def bmp(header: bytes, rows: bytes, palette: bytes = b"") -> bytes:
    """`header` comes without its size, which leads it."""
    size = 4 + len(header)
    offset = 14 + size + len(palette)
    start = struct.pack("<2sIII", b"BM", offset + len(rows), 0, offset)
    return start + struct.pack("<I", size) + header + palette + rows


def info_header(width: int, height: int, bits: int, compression: int = 0, packed: int = 0) -> bytes:
    return struct.pack("<iiHHIIiiII", width, height, 1, bits, compression, packed, 0, 0, 0, 0)


def written_text() -> PngInfo:
    info = PngInfo()
    info.add_text("prompt", SECRET.decode())
    info.add_text("workflow", SECRET.decode() * 90, zip=True)
    info.add_itxt("parameters", SECRET.decode())
    return info


def more(mode: str, count: int) -> list[Image.Image]:
    return [paint(mode, seed) for seed in range(2, 2 + count)]


_NOISE24 = random.Random(3).randbytes(HEIGHT * 40)
_MASKS = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
_COMMENT = b"a comment, " + SECRET

SAMPLES: dict[str, Build] = {
    **{f"png-{mode}": partial(lambda m: save(paint(m), "PNG"), mode) for mode in ("1", "L", "LA", "P", "RGB")},
    "png-RGBA": lambda: save(paint("RGBA"), "PNG"),
    "png-16-bit": lambda: save(paint("I;16"), "PNG"),
    "png-4-bit-palette": lambda: save(paint("P"), "PNG", bits=4),
    "png-palette-transparent": lambda: save(paint("P"), "PNG", transparency=3),
    "png-RGB-transparent": lambda: save(paint("RGB"), "PNG", transparency=(1, 2, 3)),
    "png-interlaced": interlaced,
    "png-profile": lambda: save(paint("RGB"), "PNG", icc_profile=icc_profile(), dpi=(72, 72)),
    "png-text": lambda: save(paint("RGB"), "PNG", pnginfo=written_text()),
    "png-turned": lambda: save(paint("RGB"), "PNG", exif=gps_exif(6)),
    "apng": lambda: save(paint("RGBA"), "PNG", save_all=True, append_images=more("RGBA", 2)),
    **{f"jpeg-{mode}": partial(lambda m: save(paint(m), "JPEG"), mode) for mode in ("L", "RGB", "CMYK")},
    "jpeg-progressive": lambda: save(paint("RGB"), "JPEG", progressive=True, quality=95),
    "jpeg-optimised-444": lambda: save(paint("RGB"), "JPEG", optimize=True, subsampling=0),
    "jpeg-restarts": lambda: save(paint("RGB"), "JPEG", restart_marker_blocks=1),
    "jpeg-kept-RGB": lambda: save(paint("RGB"), "JPEG", keep_rgb=True),
    "jpeg-arithmetic": lambda: base64.b64decode(_TABLES + _SEQUENTIAL),
    "jpeg-arithmetic-progressive": lambda: base64.b64decode(_TABLES + _PROGRESSIVE),
    "jpeg-comment": lambda: save(paint("RGB"), "JPEG", comment=_COMMENT),
    "jpeg-profile": lambda: save(paint("RGB"), "JPEG", icc_profile=icc_profile() * 40),
    **{
        f"jpeg-orientation-{n}": partial(
            lambda o: save(paint("RGB"), "JPEG", exif=b"Exif\0\0" + gps_exif(o, "<"), xmp=SECRET), n
        )
        for n in range(1, 9)
    },
    "mpo": lambda: save(paint("RGB"), "MPO", save_all=True, append_images=more("RGB", 1)),
    "webp-lossy": lambda: save(paint("RGB"), "WEBP"),
    "webp-lossy-alpha": lambda: save(paint("RGBA"), "WEBP"),
    "webp-lossless": lambda: save(paint("RGB"), "WEBP", lossless=True),
    "webp-lossless-alpha": lambda: save(paint("RGBA"), "WEBP", lossless=True),
    "webp-animated": lambda: save(paint("RGBA"), "WEBP", save_all=True, append_images=more("RGBA", 2)),
    "webp-turned": lambda: save(paint("RGB"), "WEBP", exif=gps_exif(8), xmp=SECRET + b"!", icc_profile=icc_profile()),
    "webp-upright": lambda: save(paint("RGBA"), "WEBP", lossless=True, exif=gps_exif(1)),
    **{f"gif-{mode}": partial(lambda m: save(paint(m), "GIF"), mode) for mode in ("1", "L", "P", "RGB")},
    "gif-transparent": lambda: save(paint("P"), "GIF", transparency=2, interlace=1),
    "gif-comment": lambda: save(paint("P"), "GIF", comment=_COMMENT * 30),
    "gif-animated": lambda: save(
        paint("P"), "GIF", save_all=True, append_images=more("P", 2), loop=0, comment=_COMMENT
    ),
    **{f"bmp-{mode}": partial(lambda m: save(paint(m), "BMP"), mode) for mode in ("1", "L", "P", "RGB", "RGBA")},
    "bmp-core": lambda: bmp(struct.pack("<HHHH", WIDTH, HEIGHT, 1, 24), _NOISE24),
    "bmp-top-down": lambda: bmp(info_header(WIDTH, -HEIGHT, 24), _NOISE24),
    "bmp-16-bit": lambda: bmp(info_header(WIDTH, HEIGHT, 16), _NOISE24[: 28 * HEIGHT]),
    "bmp-rle8": lambda: bmp(
        info_header(WIDTH, HEIGHT, 8, 1, 4 * HEIGHT + 2), b"\x0d\x07\0\0" * HEIGHT + b"\0\1", bytes(1024)
    ),
    "bmp-v4-alpha": lambda: bmp(info_header(2, 2, 32, 3) + _MASKS + bytes(52), _NOISE24[:16]),
    "bmp-v5-alpha": lambda: bmp(info_header(2, 2, 32, 3) + _MASKS + bytes(68), _NOISE24[:16]),
}


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    return {name: build() for name, build in SAMPLES.items()}


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, samples: dict[str, bytes]) -> bytes:
    """One whole picture after the other."""
    return samples[request.param]


@pytest.fixture
def frames() -> Callable[[bytes], list[tuple[tuple[int, int], bytes]]]:
    """Decodes every frame of a picture: its size and its pixels as RGBA, turned upright by nobody."""

    def each(data: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
        with Image.open(io.BytesIO(data)) as image:
            for frame in ImageSequence.Iterator(image):
                yield frame.size, frame.convert("RGBA").tobytes()

    return lambda data: list(each(data))


@pytest.fixture
def painted() -> Callable[[str], Image.Image]:
    return paint


@pytest.fixture
def saved() -> Callable[..., bytes]:
    return save


@pytest.fixture
def chunk() -> Callable[..., bytes]:
    """A PNG chunk with its checksum."""
    return png_chunk


@pytest.fixture
def segment() -> Callable[..., bytes]:
    """A JPEG marker with its segment."""
    return jpeg_segment


@pytest.fixture
def riff_chunk() -> Callable[..., bytes]:
    return webp_chunk


@pytest.fixture
def riff_file() -> Callable[[bytes], bytes]:
    """A WebP file around chunks."""
    return riff


@pytest.fixture
def bmp_file() -> Callable[..., bytes]:
    return bmp


@pytest.fixture
def bmp_header() -> Callable[..., bytes]:
    return info_header


@pytest.fixture
def camera_exif() -> Callable[..., bytes]:
    """An EXIF block, without prefix, that tells a maker, a place and the orientation asked for."""
    return gps_exif


@pytest.fixture
def profile() -> bytes:
    return icc_profile()


@pytest.fixture
def secret() -> bytes:
    """Stands in every kind of metadata of the samples, and must be nowhere after `strip`."""
    return SECRET
