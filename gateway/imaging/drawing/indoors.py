"""Rooms and tables: a wall behind and a floor or table top in front, each painted on its own."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import Point, box, circle, oval, ribbon, smooth
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import BLACK, WHITE, Colour, darken, hue_of, lighten, mix, oklch
from gateway.imaging.drawing.pen import View

_OAK: Colour = (176, 122, 76)
_GOLD: Colour = (210, 160, 60)
_PLASTER: tuple[Colour, ...] = ((240, 214, 176), (232, 196, 168), (206, 214, 190), (246, 224, 170), (224, 204, 212))


def dim_wall(view: View, colour: Colour | None) -> None:
    """A dark backdrop with a pool of light and a little bokeh, in the complement of the subject's colour."""
    chance = view.chance.fork("wall")
    hue = _backdrop_hue(view, colour)
    dark, lit = oklch(0.17, 0.035, hue), oklch(0.42, 0.06, hue)
    view.canvas.wash(Fade((dark, mix(dark, lit, 0.5), dark)))
    x = view.width * chance.between(0.42, 0.58)
    view.canvas.glow(lit, (x, view.horizon * 0.62), view.unit * 0.75, view.unit * 0.55, 0.9)
    warm = oklch(0.80, 0.10, hue + 180)
    for _ in range(9):
        centre = (view.width * chance.fraction(), view.horizon * chance.between(0.05, 0.85))
        spot = circle(*centre, view.unit * chance.between(0.02, 0.055))
        view.canvas.fill(warm, spot, opacity=chance.between(0.05, 0.14), soft=view.unit * 0.004)


def pale_wall(view: View, colour: Colour | None) -> None:
    """A bright plain backdrop that goes with the subject's colour."""
    hue = _backdrop_hue(view, colour)
    wall = view.light.on(oklch(0.86, 0.055, hue))
    view.canvas.wash(Fade((darken(wall, 0.10), wall, lighten(wall, 0.25))))
    disc = circle(view.width / 2, view.horizon * 0.75, view.unit * 0.36, 120)
    view.canvas.fill(lighten(wall, 0.35), disc, opacity=0.8)


def sunlit_wall(view: View, colour: Colour | None) -> None:
    """A warm wall with a tall window, pictures, and a plant."""
    chance = view.chance.fork("room")
    wall = view.light.on(colour or chance.pick(_PLASTER))
    view.canvas.wash(Fade((darken(wall, 0.10), wall, mix(wall, (250, 180, 110), 0.25))), 0, view.horizon)
    left = view.width * chance.pick((0.08, 0.60))
    _window(view, (left, view.horizon * 0.10, left + min(view.width * 0.32, view.unit * 0.42), view.horizon * 0.76))
    other = view.width * 0.70 if left < view.width / 2 else view.width * 0.16
    _frames(view, chance, other)
    view.canvas.fill(darken(wall, 0.28), box(0, view.horizon - view.unit * 0.018, view.width, view.horizon + 1))


def seamless_floor(view: View, colour: Colour | None) -> None:
    """Paper that runs from the wall to the viewer."""
    hue = _backdrop_hue(view, colour)
    far, near = oklch(0.34, 0.05, hue), oklch(0.20, 0.04, hue)
    view.canvas.wash(Fade((far, mix(far, near, 0.5), near)), view.horizon)
    view.canvas.glow(oklch(0.55, 0.06, hue), (view.width / 2, _middle(view)), view.width * 0.5, _depth(view) * 0.4, 0.7)


def pale_floor(view: View, colour: Colour | None) -> None:
    hue = hue_of(colour or _GOLD) + 20
    far, near = view.light.on(oklch(0.93, 0.025, hue)), view.light.on(oklch(0.80, 0.045, hue))
    view.canvas.wash(Fade((far, near)), view.horizon)


def marble_top(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("marble")
    stone = colour or (228, 226, 222)
    view.canvas.wash(Fade((mix(stone, BLACK, 0.30), stone, mix(stone, BLACK, 0.18))), view.horizon)
    for _ in range(9):
        _vein(view, chance, mix(stone, (86, 92, 104), chance.between(0.35, 0.8)))
    view.canvas.glow(WHITE, (view.width / 2, _middle(view)), view.width * 0.42, _depth(view) * 0.36, 0.5)
    _far_edge(view, lighten(stone, 0.4))


def wooden_top(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("wood")
    wood = view.light.on(colour or _OAK)
    view.canvas.wash(Fade((darken(wood, 0.22), wood, darken(wood, 0.30))), view.horizon)
    for step in range(6):
        y = view.horizon + _depth(view) * (step / 6) ** 1.3
        view.canvas.fill(darken(wood, 0.45), box(0, y, view.width, y + view.unit * 0.003), opacity=0.7)
    for _ in range(60):
        near = chance.fraction()
        x, y = chance.between(-0.2, 1.0) * view.width, view.horizon + _depth(view) * near
        line = [(x, y), (x + view.width * 0.12, y + view.unit * 0.003), (x + view.width * 0.3, y)]
        view.canvas.fill(darken(wood, chance.between(0.2, 0.5)), ribbon(line, (0, view.unit * 0.003, 0)), opacity=0.4)
    view.canvas.glow(lighten(wood, 0.5), (view.width / 2, _middle(view)), view.width * 0.45, _depth(view) * 0.35, 0.45)
    _far_edge(view, lighten(wood, 0.3))


def boards(view: View, colour: Colour | None) -> None:
    """A floor of boards that meet far away, with patches of sun."""
    chance = view.chance.fork("boards")
    wood = view.light.on(colour or (190, 138, 92))
    view.canvas.wash(Fade((lighten(wood, 0.12), wood, darken(wood, 0.22))), view.horizon)
    middle = view.width / 2
    for step in range(-14, 15):
        x = middle + step * view.width * 0.05
        far = [(x, view.horizon), (middle + (x - middle) * 2.6, view.height + 2.0)]
        view.canvas.fill(darken(wood, 0.35), ribbon(far, (view.unit * 0.0015, view.unit * 0.005)), opacity=0.55)
    if view.light.dark:
        return
    for share in (0.0, 0.16):
        x = view.width * (chance.between(0.16, 0.24) + share * 1.4)
        patch = [
            (x, view.horizon + _depth(view) * 0.18),
            (x + view.width * 0.15, view.horizon + _depth(view) * 0.18),
            (x + view.width * 0.34, view.height * 0.97),
            (x + view.width * 0.12, view.height * 0.97),
        ]
        view.canvas.fill((255, 236, 180), patch, opacity=0.42, soft=view.unit * 0.006)
    rug = oval(middle, view.horizon + _depth(view) * 0.56, view.width * 0.36, _depth(view) * 0.26)
    view.canvas.fill(view.light.on((176, 84, 70)), rug)
    inner = oval(middle, view.horizon + _depth(view) * 0.56, view.width * 0.32, _depth(view) * 0.22)
    view.canvas.fill(view.light.on((222, 146, 106)), inner)


def _window(view: View, frame: tuple[float, float, float, float]) -> None:
    left, top, right, low = frame
    bar = view.unit * 0.014
    wood = view.light.on((250, 244, 232))
    view.canvas.fill(wood, box(left - bar, top - bar, right + bar, low + bar))
    view.canvas.fill(Fade(view.light.sky), box(left, top, right, low))
    glass = box(left, top, right, low)
    rise = low - top
    green = [(left - bar, low), *_bushes(left, right, low - rise * 0.16, rise * 0.07), (right + bar, low)]
    view.canvas.fill(view.light.far(view.leaf, 0.25), green, within=glass)
    view.canvas.glow(view.light.disc, ((left + right) / 2, top + rise * 0.3), (right - left) * 0.7, rise * 0.5, 0.75)
    middle = (left + right) / 2
    view.canvas.fill(wood, box(middle - bar / 2, top, middle + bar / 2, low))
    for share in (0.33, 0.66):
        y = top + rise * share
        view.canvas.fill(wood, box(left, y - bar / 3, right, y + bar / 3))
    view.canvas.fill(darken(wood, 0.12), box(left - bar * 2, low + bar, right + bar * 2, low + bar * 2.2))
    if not view.light.dark:
        beam = [
            (left, top),
            (right, top),
            (right + view.width * 0.5, view.height),
            (left + view.width * 0.2, view.height),
        ]
        view.canvas.fill((255, 240, 196), beam, opacity=0.20, soft=view.unit * 0.03)


def _bushes(left: float, right: float, y: float, swell: float) -> list[Point]:
    knots = [(left + (right - left) * step / 6, y - (swell if step % 2 else 0.0)) for step in range(-1, 8)]
    return smooth(knots, closed=False, steps=5)


def _frames(view: View, chance: Chance, left: float) -> None:
    """Small abstract pictures on the wall."""
    for dx, dy, width, tall in ((0.0, 0.0, 0.13, 0.17), (0.16, 0.03, 0.10, 0.10), (0.16, 0.16, 0.10, 0.07)):
        x, y = left + dx * view.unit, view.horizon * 0.22 + dy * view.unit
        right, low = x + width * view.unit, y + tall * view.unit
        hue = chance.between(0, 360)
        view.canvas.fill(view.light.on((96, 68, 48)), box(x - 4, y - 4, right + 4, low + 4))
        view.canvas.fill(
            Fade((view.light.on(oklch(0.86, 0.08, hue)), view.light.on(oklch(0.62, 0.12, hue + 40)))),
            box(x, y, right, low),
        )
        spot = circle((x + right) / 2, (y + low) / 2, min(right - x, low - y) * 0.26)
        view.canvas.fill(view.light.on(oklch(0.72, 0.15, hue + 150)), spot)


def _vein(view: View, chance: Chance, paint: Colour) -> None:
    """Runs aslant and branches; flatter the farther away it is."""
    near = chance.between(0.0, 1.0)
    x, y = chance.between(-0.2, 0.7) * view.width, view.horizon + _depth(view) * near
    line = [(x, y)]
    for _ in range(6):
        x += view.width * chance.between(0.06, 0.14)
        y += _depth(view) * chance.between(-0.09, 0.13) * (0.4 + near)
        line.append((x, max(view.horizon + 2, y)))
    thick = view.unit * (0.002 + 0.005 * near)
    curve = smooth(line, closed=False, steps=5)
    view.canvas.fill(paint, ribbon(curve, (thick * 6, thick * 2, thick * 7, 0)), opacity=0.16, soft=view.unit * 0.006)
    view.canvas.fill(paint, ribbon(curve, (thick, thick * 0.4, thick * 1.2, 0)), opacity=0.55)
    branch = [line[2], (line[3][0], line[3][1] - _depth(view) * 0.05), (line[4][0], line[4][1] - _depth(view) * 0.12)]
    view.canvas.fill(paint, ribbon(smooth(branch, closed=False), (thick * 0.6, 0)), opacity=0.5, soft=1.0)


def _far_edge(view: View, paint: Colour) -> None:
    view.canvas.fill(paint, box(0, view.horizon, view.width, view.horizon + view.unit * 0.004), opacity=0.8)


def _depth(view: View) -> float:
    return view.height - view.horizon


def _middle(view: View) -> float:
    return view.horizon + _depth(view) * 0.42


def _backdrop_hue(view: View, colour: Colour | None) -> float:
    """About opposite of the subject's hue; the same for a wall and its floor."""
    chance = view.chance.fork("backdrop")
    return hue_of(colour or _GOLD) + chance.pick((180, 180, 140, 220, 100)) + chance.between(-16, 16)
