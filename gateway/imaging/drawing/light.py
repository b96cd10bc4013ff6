"""Times of day and moods: the colours of the sky, and what they do to every colour below it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.imaging.drawing.paint import Fade, Globe, Paint
from gateway.imaging.drawing.palette import Colour, mix, recolour, rotate

_LOW = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    sky: tuple[Colour, ...]
    """From the zenith to the horizon."""
    disc: Colour
    """The sun, or the moon when it is dark."""
    haze: Colour
    """What distance fades into."""
    deep: Colour
    """The darkest tone of the foreground."""
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """What the light leaves of a colour, for red, green and blue."""
    height: float = 0.55
    """Of the sun or moon: 0 at the horizon, 1 at the top of the picture."""
    dark: bool = False
    """Stars are out, lamps and windows are lit."""
    clear: bool = True
    """The sun or moon can be seen."""

    @property
    def low(self) -> bool:
        """The sun or moon stands near the horizon, so that lamps are lit by day too."""
        return self.height < _LOW

    def on(self, colour: Colour) -> Colour:
        """The colour as this light shows it."""
        red, green, blue = (min(255, round(part * share)) for part, share in zip(colour, self.tint, strict=True))
        return (red, green, blue)

    def far(self, colour: Colour, distance: float) -> Colour:
        """The colour in this light, `distance` (0 to 1) of the way into the haze."""
        return mix(self.on(colour), self.haze, distance)

    def over(self, paint: Paint) -> Paint:
        """The paint as this light shows it."""
        match paint:
            case Fade():
                return Fade(tuple(self.on(stop) for stop in paint.stops), paint.across)
            case Globe():
                return replace(paint, lit=self.on(paint.lit), shade=self.on(paint.shade))
            case _:
                return self.on(paint)

    def turned(self, degrees: float) -> Light:
        """The same light with its hues turned."""
        return replace(
            self,
            sky=tuple(rotate(stop, degrees) for stop in self.sky),
            haze=rotate(self.haze, degrees),
            deep=rotate(self.deep, degrees),
        )

    def tinted(self, tints: tuple[Colour, ...], share: float = 0.75) -> Light:
        """The same light in other colours: the first for the upper sky, the last for the horizon."""
        if not tints:
            return self
        upper, lower = tints[0], tints[-1]
        last = len(self.sky) - 1
        return replace(
            self,
            sky=tuple(recolour(stop, mix(upper, lower, step / last), share) for step, stop in enumerate(self.sky)),
            haze=recolour(self.haze, lower, share),
            deep=recolour(self.deep, upper, share),
        )


DAY = Light(
    sky=((58, 132, 206), (122, 186, 234), (206, 232, 246)),
    disc=(255, 246, 214),
    haze=(206, 228, 240),
    deep=(36, 82, 66),
    height=0.7,
)
SUNSET = Light(
    sky=((44, 36, 92), (128, 58, 128), (232, 96, 92), (255, 172, 96), (255, 222, 158)),
    disc=(255, 246, 206),
    haze=(250, 166, 122),
    deep=(34, 20, 50),
    tint=(1.0, 0.80, 0.72),
    height=0.16,
)
DAWN = Light(
    sky=((112, 146, 202), (180, 170, 214), (246, 196, 194), (255, 230, 202)),
    disc=(255, 248, 228),
    haze=(244, 210, 204),
    deep=(56, 66, 100),
    tint=(1.0, 0.92, 0.92),
    height=0.2,
)
NIGHT = Light(
    sky=((6, 10, 34), (14, 30, 74), (40, 70, 124), (84, 118, 164)),
    disc=(248, 244, 222),
    haze=(58, 88, 136),
    deep=(6, 10, 26),
    tint=(0.40, 0.48, 0.72),
    height=0.66,
    dark=True,
)
NEON = Light(
    sky=((16, 6, 44), (58, 14, 104), (160, 26, 146), (255, 96, 158)),
    disc=(255, 214, 110),
    haze=(182, 56, 166),
    deep=(16, 6, 36),
    tint=(0.84, 0.70, 1.0),
    height=0.24,
    dark=True,
)
FOG = Light(
    sky=((164, 178, 188), (198, 208, 212), (226, 230, 230)),
    disc=(250, 248, 236),
    haze=(220, 226, 227),
    deep=(62, 76, 86),
    tint=(0.86, 0.90, 0.93),
    height=0.5,
    clear=False,
)
STORM = Light(
    sky=((30, 36, 48), (62, 74, 90), (118, 130, 140)),
    disc=(214, 222, 226),
    haze=(112, 124, 134),
    deep=(22, 28, 36),
    tint=(0.62, 0.68, 0.76),
    clear=False,
)
