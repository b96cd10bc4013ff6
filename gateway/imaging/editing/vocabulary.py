"""Everything the renderer can be asked for, one row an operation."""

from __future__ import annotations

from gateway.imaging.editing import (
    colouring,
    geometry,
    heavens,
    layers,
    lettering,
    lighting,
    sentences,
    texture,
    tone,
    weather,
)
from gateway.imaging.editing.meanings import Aspect, Measure, Spin, Unit, Verb
from gateway.imaging.editing.operation import Details, Operation, Takes
from gateway.imaging.editing.sentences import brought, past

_HALF = Measure(50, Unit.PERCENT, absolute=True)
_DOUBLE = Measure(2, Unit.TIMES)
_QUARTER = Measure(25, Unit.PERCENT, absolute=True)
_TURN = Measure(90, Unit.DEGREES)
_HALF_TURN = 180


def _split(phrases: str) -> tuple[str, ...]:
    return tuple(phrases.split(", "))


def _changes_colour(verb: Verb | None, details: Details) -> bool:
    return verb is Verb.CHANGE and details.colour is not None


def _is_grey(details: Details) -> bool:
    return details.colour is None or details.colour.name == "grey"


def _is_upright_flip(details: Details) -> bool:
    """Flipping by degrees means upside down, and nothing else."""
    return details.number(Unit.DEGREES) in {None, _HALF_TURN}


VOCABULARY: tuple[Operation, ...] = (
    Operation(
        name="brightness",
        words=_split("brighten, brighter, brightness, bright, lighten, lighter, exposure, more light, too dark"),
        less=_split("darken, darker, dark, dim, dimmer, darkness, less light, too bright, overexposed"),
        does="Multiplies the light.",
        says=past("brightened", "darkened"),
        paint=tone.brighten,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.LIGHT,
    ),
    Operation(
        name="contrast",
        words=_split("contrast, contrasty, punchier, punchy"),
        less=_split("flatter, matte, faded"),
        does="Spreads the tones apart, or brings them together.",
        says=past("raised the contrast", "lowered the contrast"),
        paint=tone.contrast,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.LIGHT,
    ),
    Operation(
        name="saturation",
        words=_split(
            "saturation, saturate, saturated, vivid, vibrant, vibrance, colourful, more colour, "
            "more colours, brighter colours, richer colours, colours pop"
        ),
        less=_split(
            "desaturate, desaturated, muted, less colour, less colours, washed out, too colourful, "
            "too saturated, too vivid"
        ),
        does="Makes colours stronger, or paler.",
        says=past("strengthened the colours", "muted the colours"),
        paint=colouring.saturate,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR,
    ),
    Operation(
        name="warmth",
        words=_split("warmth, warm, warmer, warm up, colour temperature, temperature, too cold, too cool"),
        less=_split("cool, cooler, cold, colder, cool down, too warm"),
        does="Shifts the light towards orange, or towards blue.",
        says=past("warmed the colours", "cooled the colours"),
        paint=colouring.warm,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR | Aspect.LIGHT,
    ),
    Operation(
        name="grayscale",
        words=_split(
            "greyscale, grey scale, black and white, black white, black & white, b & w, bw, monochrome, "
            "monochromatic, remove colour, remove colours"
        ),
        does='Takes all colour out, or part of it ("slightly").',
        says=past("turned to grayscale"),
        paint=colouring.grayscale,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.COLOUR,
        exact=True,
        accepts=_is_grey,
        implied=_changes_colour,
    ),
    Operation(
        name="tint",
        words=_split("tint, tinted, colour cast, colour wash, colour overlay, hint of"),
        does='Colours everything; "make it blue" does the same.',
        says=sentences.tinted,
        paint=colouring.tint,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.COLOUR,
        accepts=lambda details: details.colour is not None,
        implied=_changes_colour,
    ),
    Operation(
        name="hue",
        words=_split("hue, hue shift, shift hues, shift colours, rotate hue, rotate hues, rotate colours"),
        does="Moves every colour around the colour circle, by 60 degrees or as said.",
        says=past("shifted the hues"),
        paint=colouring.shift_hue,
        takes=Takes.AMOUNT | Takes.DEGREES | Takes.AREA,
        changes=Aspect.COLOUR,
    ),
    Operation(
        name="sepia",
        words=_split("sepia, sepia tone, sepia toned"),
        does="Browns like an old print.",
        says=past("toned sepia"),
        paint=colouring.sepia,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR,
    ),
    Operation(
        name="vintage",
        words=_split("vintage, vintage film, retro, film look, old fashioned, old photo, old photograph, nostalgic"),
        does="Sepia, faded blacks, grain and darker edges together.",
        says=past("given a vintage look"),
        paint=colouring.vintage,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR | Aspect.LIGHT | Aspect.DETAIL,
    ),
    Operation(
        name="invert",
        words=_split("invert, inverted, invert colours, negative, colour negative"),
        does="Makes a negative.",
        says=past("inverted"),
        paint=colouring.invert,
        takes=Takes.AREA,
        changes=Aspect.COLOUR | Aspect.LIGHT,
        exact=True,
    ),
    Operation(
        name="posterize",
        words=_split("posterise, posterised, posterisation, fewer colours, flat colours"),
        does="Leaves 4 levels of each channel, or as many as said.",
        says=past("posterized"),
        accepts=colouring.are_levels,
        paint=colouring.posterize,
        takes=Takes.AMOUNT | Takes.COUNT | Takes.AREA,
        changes=Aspect.COLOUR | Aspect.DETAIL,
    ),
    Operation(
        name="blur",
        words=_split("blur, blurry, blurred, blurrier, gaussian blur, defocus, out of focus, soften, softer, smoother"),
        does='Blurs; "5 pixels" is the radius.',
        says=past("blurred"),
        paint=texture.blur,
        takes=Takes.AMOUNT | Takes.PIXELS | Takes.AREA,
        changes=Aspect.DETAIL,
    ),
    Operation(
        name="sharpen",
        words=_split(
            "sharpen, sharper, sharp, sharpness, crisp, crisper, clarity, less blurry, less blur, "
            "reduce blur, remove blur, too blurry, unblur, deblur"
        ),
        does="Sharpens edges. It cannot bring back what was never seen.",
        says=past("sharpened"),
        paint=texture.sharpen,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.DETAIL,
    ),
    Operation(
        name="denoise",
        words=_split(
            "denoise, remove noise, reduce noise, less noise, less noisy, too noisy, remove grain, "
            "reduce grain, less grain, less grainy, too grainy, remove film grain, reduce film grain, "
            "noise reduction"
        ),
        does="Smooths specks and keeps edges.",
        says=past("reduced the noise"),
        paint=texture.denoise,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.DETAIL,
    ),
    Operation(
        name="outline",
        words=_split("outline, outlines, contours, edge detection, find edges, detect edges, show edges"),
        does="Light outlines on black.",
        says=past("traced the edges"),
        paint=texture.edges,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR | Aspect.LIGHT | Aspect.DETAIL,
    ),
    Operation(
        name="sketch",
        words=_split(
            "sketch, pencil sketch, pencil drawing, line drawing, line art, charcoal drawing, "
            "charcoal sketch, pencil, drawing"
        ),
        does="Redraws the picture in pencil.",
        says=past("redrawn as a pencil sketch"),
        paint=texture.sketch,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR | Aspect.LIGHT | Aspect.DETAIL,
    ),
    Operation(
        name="emboss",
        words=_split("emboss, embossed, relief"),
        does="Makes a grey relief.",
        says=past("embossed"),
        paint=texture.emboss,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.COLOUR | Aspect.LIGHT | Aspect.DETAIL,
    ),
    Operation(
        name="pixelate",
        words=_split("pixelate, pixelated, pixelise, pixel art, mosaic"),
        does='Makes blocks; "16 pixels" is their side.',
        says=past("pixelated"),
        paint=texture.pixelate,
        takes=Takes.AMOUNT | Takes.PIXELS | Takes.AREA,
        changes=Aspect.DETAIL,
    ),
    Operation(
        name="grain",
        words=_split("grain, film grain, grainy, noise, noisy"),
        does="Adds film grain.",
        says=brought("added film grain"),
        paint=texture.grain,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.DETAIL,
        adds=True,
    ),
    Operation(
        name="vignette",
        words=_split("vignette, vignetting, dark edges, dark corners, darken edges, darken corners"),
        does="Darkens the edges, or colours them.",
        says=brought("added a vignette"),
        paint=lighting.vignette,
        takes=Takes.STRENGTH | Takes.COLOUR,
        changes=Aspect.LIGHT,
        adds=True,
    ),
    Operation(
        name="glow",
        words=_split("glow, glowing, bloom, soft focus, dreamy, dreamier"),
        does="Lets bright parts shine over their surroundings.",
        says=brought("added a glow"),
        paint=lighting.glow,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.DETAIL,
        adds=True,
    ),
    Operation(
        name="lens flare",
        words=_split("lens flare, sun flare, flare"),
        does="A burst of light with its ghosts.",
        says=brought("added a lens flare"),
        paint=lighting.flare,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.PLACE,
        changes=Aspect.LIGHT | Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="sunset",
        words=_split(
            "sunset, sunset lighting, sunset light, sunset sky, golden hour, golden light, "
            "golden lighting, evening light, dusk"
        ),
        does="Paints the sky from violet to gold and warms all below it.",
        says=brought("lit by a golden sunset"),
        paint=lighting.sunset,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.COLOUR,
        adds=True,
    ),
    Operation(
        name="dawn",
        words=_split("dawn, sunrise, morning light, daybreak, early morning light"),
        does="A pale rose sky, haze at the horizon, soft contrast.",
        says=brought("lit by dawn"),
        paint=lighting.dawn,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.COLOUR,
        adds=True,
    ),
    Operation(
        name="night",
        words=_split("night, night time, nighttime, midnight, moonlit, day into night, day to night"),
        does="Dark and blue, with a night sky.",
        says=brought("turned to night"),
        paint=lighting.night,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.COLOUR,
        adds=True,
    ),
    Operation(
        name="fog",
        words=_split("fog, foggy, foggy day, mist, misty, haze, hazy"),
        does="Drifting fog, thickest at the horizon.",
        says=brought("added fog"),
        paint=weather.fog,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="rain",
        words=_split("rain, rainy, rainy day, raining, rainfall, raindrops, drizzle"),
        does="Falling rain and a duller light.",
        says=brought("added rain"),
        paint=weather.rain,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="snow",
        words=_split("snow, snowy, snowy day, snowing, snowfall, snowflakes, falling snow"),
        does="Falling snow and a colder light.",
        says=brought("added snow"),
        paint=weather.snow,
        takes=Takes.STRENGTH | Takes.AREA,
        changes=Aspect.LIGHT | Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="stars",
        words=_split("stars, starry, starry sky, starry night, starry night sky"),
        does="Stars in the sky, which is darkened where it is too bright for them.",
        says=brought("added stars"),
        paint=heavens.stars,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.CONTENT | Aspect.LIGHT,
        adds=True,
    ),
    Operation(
        name="rainbow",
        words=_split("rainbow"),
        does="A rainbow in the sky, behind the ground.",
        says=brought("added a rainbow"),
        paint=heavens.rainbow,
        takes=Takes.AMOUNT | Takes.PERCENT | Takes.PLACE,
        changes=Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="sun",
        words=_split("sun, sunshine, sunny, sunny day"),
        does="A sun in the sky.",
        says=brought("added a sun"),
        paint=heavens.sun,
        takes=Takes.AMOUNT | Takes.COLOUR | Takes.PLACE,
        changes=Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="moon",
        words=_split("moon, full moon"),
        does="A full moon in the sky.",
        says=brought("added a moon"),
        paint=heavens.moon,
        takes=Takes.AMOUNT | Takes.COLOUR | Takes.PLACE,
        changes=Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="clouds",
        words=_split("clouds, cloud, cloudy"),
        does="Clouds in the sky.",
        says=brought("added clouds"),
        paint=heavens.clouds,
        takes=Takes.STRENGTH | Takes.COLOUR | Takes.AREA,
        changes=Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="border",
        words=_split("border, borders, frame, framed, picture frame"),
        does='A frame over the edges, white or in a colour; "20 pixels" is its width.',
        says=brought("added a border"),
        paint=layers.border,
        takes=Takes.AMOUNT | Takes.PERCENT | Takes.PIXELS | Takes.COLOUR,
        changes=Aspect.CONTENT,
        adds=True,
    ),
    Operation(
        name="text",
        words=_split("write, text, caption, title, watermark, label, words, saying, says, lettering"),
        does="Writes words given in quotation marks.",
        says=sentences.wrote,
        paint=lettering.write,
        takes=Takes.TEXT | Takes.COLOUR | Takes.PLACE | Takes.AMOUNT,
        changes=Aspect.CONTENT,
        adds=True,
        accepts=lettering.is_writable,
        implied=lambda verb, details: verb is Verb.ADD and details.text is not None,
    ),
    Operation(
        name="second image",
        words=_split(
            "second image, second picture, second photo, other image, other picture, other photo, "
            "both images, both pictures, two images, two pictures, images together, double exposure"
        ),
        does='Lays the second picture over the first: half transparent, or small in a place ("top left").',
        says=brought("blended in the second picture"),
        paint=layers.blend,
        takes=Takes.AMOUNT | Takes.PERCENT | Takes.PLACE,
        changes=Aspect.CONTENT | Aspect.LIGHT | Aspect.COLOUR,
        adds=True,
        pictures=2,
    ),
    Operation(
        name="crop",
        words=_split("crop, cropped, trim"),
        does='Keeps a ratio ("16:9", "square"), a size, a share ("by 20%"), a half or the middle.',
        says=sentences.cropped,
        paint=geometry.crop,
        takes=Takes.AMOUNT | Takes.PERCENT | Takes.RATIO | Takes.SIZE | Takes.PLACE,
        changes=Aspect.SHAPE,
        exact=True,
        accepts=geometry.is_shape,
        implied=lambda verb, details: verb is Verb.CHANGE and details.ratio is not None,
    ),
    Operation(
        name="zoom",
        words=_split("zoom, zoom in, closer, magnify"),
        does="Enlarges the middle, or a place, to the full size.",
        says=past("zoomed in"),
        paint=geometry.zoom,
        takes=Takes.STRENGTH | Takes.PLACE,
        changes=Aspect.SHAPE,
    ),
    Operation(
        name="rotate",
        words=_split("rotate, rotated, rotation, tilt, tilted"),
        presets=(
            ("turn left", (_TURN, Spin.COUNTERCLOCKWISE)),
            ("turn it left", (_TURN, Spin.COUNTERCLOCKWISE)),
            ("turn right", (_TURN, Spin.CLOCKWISE)),
            ("turn it right", (_TURN, Spin.CLOCKWISE)),
        ),
        does="Turns clockwise by 90 degrees, or as said; odd angles are enlarged until no corner is empty.",
        says=sentences.turned,
        paint=geometry.rotate,
        takes=Takes.AMOUNT | Takes.DEGREES | Takes.SPIN | Takes.PLACE,
        changes=Aspect.SHAPE,
        exact=True,
        implied=lambda verb, details: verb is Verb.CHANGE and details.number(Unit.DEGREES) is not None,
    ),
    Operation(
        name="flip",
        words=_split("flip, flipped, mirror, mirrored"),
        does="Mirrors left to right, or vertically.",
        says=sentences.flipped,
        paint=geometry.flip,
        takes=Takes.AXIS | Takes.DEGREES,
        changes=Aspect.SHAPE,
        exact=True,
        accepts=_is_upright_flip,
    ),
    Operation(
        name="resize",
        words=_split("resize, scale, rescale, enlarge, bigger, larger, scale up, increase size, too small"),
        less=_split("shrink, smaller, downsize, scale down, reduce size, too big, too large"),
        presets=(
            ("half size", (_HALF,)),
            ("half of size", (_HALF,)),
            ("quarter size", (_QUARTER,)),
            ("double size", (_DOUBLE,)),
            ("twice size", (_DOUBLE,)),
        ),
        does='Changes the size: "to 50%", "2x", "800x600", "512 pixels" (the longer side).',
        says=sentences.resized,
        paint=geometry.resize,
        takes=Takes.STRENGTH | Takes.PIXELS | Takes.SIZE,
        changes=Aspect.SHAPE,
        exact=True,
        enlarges=True,
        accepts=geometry.is_shape,
        implied=lambda verb, details: verb is Verb.CHANGE and details.size is not None,
    ),
    Operation(
        name="rounded corners",
        words=_split("rounded corners, round corners, round off corners, rounded edges"),
        does="Makes the corners transparent.",
        says=brought("rounded the corners"),
        paint=geometry.round_corners,
        takes=Takes.AMOUNT | Takes.PIXELS,
        changes=Aspect.SHAPE,
        adds=True,
    ),
)


def _help() -> str:
    rows = (f"{row.words[0]}/{row.less[0]}" if row.less else row.name for row in VOCABULARY)
    return (
        f"The local renderer understands: {', '.join(rows)}. "
        'With amounts ("slightly", "strongly", "by 20%", "2x"), colour names, places ("top", "left", "in the sky") '
        'and text in quotation marks; several at once, joined by commas or "and".'
    )


VOCABULARY_HELP = _help()
"""One line that lists what can be asked, for whoever asked for something else."""
