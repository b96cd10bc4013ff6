"""Small pictures of all five formats, each with as much to tell besides its pixels as the format takes."""

from __future__ import annotations

from functools import cache

from PIL import Image, PngImagePlugin

from support.samples import SECRET, camera_exif, encoded, mpo, photograph

_TOLD = SECRET.encode()


@cache
def telling_pictures() -> dict[str, bytes]:
    noise = Image.effect_noise((40, 30), 80).convert("RGB")
    frames = [Image.effect_noise((40, 30), spread) for spread in (80, 60, 40)]
    colours = [frame.convert("RGB") for frame in frames[1:]]
    return {
        "png": encoded(noise, "PNG", pnginfo=_notes(), exif=camera_exif(6)),
        "png-palette": encoded(noise.quantize(16), "PNG", bits=4, transparency=3, pnginfo=_notes()),
        "png-16": encoded(frames[0].convert("I").convert("I;16"), "PNG", pnginfo=_notes()),
        "png-animated": encoded(noise, "PNG", save_all=True, append_images=colours, exif=camera_exif()),
        "jpeg": photograph((48, 32), orientation=6),
        "jpeg-progressive": encoded(noise, "JPEG", progressive=True, exif=camera_exif(3), comment=_TOLD, xmp=_TOLD),
        "jpeg-cmyk": encoded(noise.convert("CMYK"), "JPEG", exif=camera_exif(8)),
        "jpeg-restarts": encoded(frames[0].convert("L"), "JPEG", restart_marker_blocks=1, comment=_TOLD),
        "jpeg-mpo": mpo((40, 30)),
        "gif": encoded(noise.quantize(8), "GIF", comment=9 * _TOLD),
        "gif-animated": encoded(
            frames[0].convert("P"), "GIF", save_all=True, append_images=colours, transparency=2, comment=_TOLD
        ),
        "webp": encoded(noise, "WEBP", exif=camera_exif(6), xmp=_TOLD),
        "webp-lossless": encoded(noise.convert("RGBA"), "WEBP", lossless=True, exif=camera_exif()),
        "webp-animated": encoded(noise, "WEBP", save_all=True, append_images=colours, xmp=_TOLD),
        "bmp": encoded(noise, "BMP") + _TOLD,
        "bmp-palette": encoded(noise.quantize(16), "BMP") + _TOLD,
        "bmp-alpha": encoded(noise.convert("RGBA"), "BMP") + _TOLD,
    }


def _notes() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", SECRET)
    notes.add_itxt("workflow", SECRET, zip=True)
    return notes
