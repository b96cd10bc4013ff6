"""From a scene to a picture: what stands where, painted from far to near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from PIL import Image, ImageOps

from gateway.imaging.drawing import land, light, sky
from gateway.imaging.drawing.abstract import COMPOSITIONS
from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.finishes import cinematic
from gateway.imaging.drawing.light import Light
from gateway.imaging.drawing.motifs import Place, Rests, Setting
from gateway.imaging.drawing.palette import Colour, harmony, mix, rotate
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.reader import Scene
from gateway.imaging.drawing.staging import Cast, at_easel, gather, hang, line_up
from gateway.imaging.drawing.wordbook import COSMOS, DARK_SWEEP, HILLS, LEXICON, SCENERY, SEA, TABLE, WITHOUT_BANK

_Grounds: TypeAlias = Sequence[tuple[Place, Colour | None]]

_SUMMER: Colour = (108, 158, 80)
_EARTH: Colour = (118, 116, 84)
_TURNS = (0.0, 14.0, -12.0, 26.0)
"""Degrees of hue by which variations differ; small, so that a sunset stays one."""


def compose(scene: Scene, chance: Chance, index: int, size: tuple[int, int]) -> Image.Image:
    """The picture number `index` of a scene; `chance` is that of all its pictures."""
    canvas = Canvas(size)
    setting = _setting(scene)
    if scene.abstract:
        _abstract(canvas, scene, chance, index)
    elif setting is None:
        _outdoors(_view(canvas, scene, chance, index), scene, gather(scene, index))
    else:
        _indoors(_view(canvas, scene, chance, index), scene, gather(scene, index), *setting)
    # What stands in a room is placed by its parts, so a mirrored room is the cheapest other composition.
    mirrored = setting is not None and not scene.abstract and index % 2 == 1
    image = ImageOps.mirror(canvas.image) if mirrored else canvas.image
    for finish in scene.finishes:
        image = finish(image)
    return image


def _abstract(canvas: Canvas, scene: Scene, chance: Chance, index: int) -> None:
    """Pictures of one prompt go through different compositions, so that n of them are n ideas."""
    named = next((pattern for pattern in scene.patterns if pattern is not None), None)
    first = chance.fork("composition").whole(0, len(COMPOSITIONS) - 1)
    paint = named or COMPOSITIONS[(first + index) % len(COMPOSITIONS)]
    varied = _varied(chance, index)
    paint(canvas, harmony(varied.fork("palette"), scene.tints), varied)


def _outdoors(view: View, scene: Scene, cast: Cast) -> None:
    grounds = _grounds(scene)
    view = replace(view, horizon=view.height * grounds[-1][0].horizon)
    view = replace(view, sun=(view.sun[0], view.horizon * (1 - 0.92 * view.light.height)))
    _surroundings(view, scene, grounds)
    _populate(view, cast, grounds)
    for mark, colour in scene.marks:
        if mark.near:
            mark.paint(view, colour)


def _indoors(view: View, scene: Scene, cast: Cast, setting: Setting, colour: Colour | None) -> None:
    view = replace(view, horizon=view.height * setting.line)
    tint = next((actor.colour for actor in cast.actors), None)
    if scene.places and setting.floor is not None:
        _surroundings(view, scene, _grounds(scene))
        view.canvas.blur(view.unit * 0.012)
    else:
        wall = next(iter(scene.tints), tint if setting.wall_matches else None)
        setting.wall(view, colour if setting.afloat else wall)
    if setting.floor is not None:
        setting.floor(view, colour or (tint if setting.floor_matches else None))
    else:
        _surround(view, scene)
    _furnish(view, cast, setting)


def _surroundings(view: View, scene: Scene, grounds: _Grounds) -> None:
    """Sky, what is in it, and the land below it."""
    sky.heavens(view, bare=any(mark.instead for mark, _ in scene.marks))
    if not view.light.dark and not scene.marks:
        sky.clouds(view, None)
    for mark, colour in scene.marks:
        if not mark.near:
            mark.paint(view, colour)
    nearest = [place for place, _ in grounds if not place.overlay][-1]
    for place, colour in grounds:
        place.paint(replace(view, front=place is nearest), colour)


def _surround(view: View, scene: Scene) -> None:
    """What else hangs in space or under water; its stars are there already."""
    for mark, colour in scene.marks:
        if mark.paint not in {sky.stars, sky.nothing}:
            mark.paint(view, colour)


def _populate(view: View, cast: Cast, grounds: _Grounds) -> None:
    """Things on the water, on the ground and in the air of a landscape."""
    depth = view.height - view.horizon
    line_up(view, cast.resting(Rests.WATER), view.horizon + depth * 0.36, view.unit * 0.36)
    standing = cast.resting(Rests.GROUND)
    if standing and grounds[-1][0] in WITHOUT_BANK:
        bank = mix(view.light.on(mix(_EARTH, view.leaf, 0.4)), view.light.deep, 0.25)
        land.shore(view, bank, view.height * 0.84)
    foot = view.horizon + depth * 0.80
    if cast.painted is None:
        line_up(view, standing, foot, view.unit * 0.48)
    else:
        at_easel(view, standing, cast.painted, foot, view.unit * 0.42)
    hang(view, cast.resting(Rests.AIR), view.horizon * 0.58, view.unit * 0.36)


def _furnish(view: View, cast: Cast, setting: Setting) -> None:
    unit = view.unit * 0.40 * setting.scale
    foot = view.horizon + (view.height - view.horizon) * 0.50
    if setting.afloat:
        hang(view, cast.actors, view.height * 0.54, unit)
    elif cast.painted is not None:
        at_easel(view, cast.actors, cast.painted, foot, unit)
    else:
        line_up(view, cast.actors, foot, unit, shine=setting.shine)


def _view(canvas: Canvas, scene: Scene, chance: Chance, index: int) -> View:
    turn = _TURNS[index % len(_TURNS)]
    varied = _varied(chance, index)
    lit = _light(scene).turned(turn).tinted(scene.tints)
    return View(
        canvas=canvas,
        light=lit,
        chance=varied,
        horizon=canvas.height * 0.6,
        sun=(canvas.width * varied.pick((0.28, 0.36, 0.62, 0.72)), canvas.height * 0.2),
        leaf=rotate(scene.leaf or _SUMMER, turn / 2),
    )


def _varied(chance: Chance, index: int) -> Chance:
    return chance.fork(f"variation {index}")


def _light(scene: Scene) -> Light:
    """The named light, or the one that something in the picture implies; nothing shines through rain or snow."""
    lit = _named_light(scene)
    return replace(lit, clear=False) if any(mark.near for mark, _ in scene.marks) else lit


def _named_light(scene: Scene) -> Light:
    if scene.light is not None:
        return scene.light
    if _setting(scene) is not None:
        return light.DAY
    implied = [mark.light for mark, _ in scene.marks]
    if scene.setting is not None:
        implied.append(scene.setting[0].light)
    return next((found for found in implied if found is not None), light.DAY)


def _setting(scene: Scene) -> tuple[Setting, Colour | None] | None:
    """The room, table or depth that the picture is set in; None when it is outdoors."""
    dry = any(not place.wet for place, _ in scene.places)
    if scene.setting is not None:
        return None if scene.setting[0] is COSMOS and dry else scene.setting
    if scene.places or scene.marks or not scene.things:
        return None
    home = LEXICON[scene.things[0].thing.home]
    if not isinstance(home, Setting) or scene.light not in {None, light.DAY}:
        return None
    return (DARK_SWEEP if home is TABLE and cinematic in scene.finishes else home, None)


def _grounds(scene: Scene) -> _Grounds:
    """Far to near, with the home of the first thing or plain hills where the prompt names no ground."""
    places = sorted(scene.places, key=lambda named: named[0].depth)
    if not places and scene.things:
        home = LEXICON[scene.things[0].thing.home]
        places = [(home, None)] if isinstance(home, Place) else []
    sailing = any(shown.thing.rests is Rests.WATER for shown in scene.things)
    if sailing and not any(place.wet or place.overlay for place, _ in places):
        places.append((SEA, None))
    if any(place is not SCENERY and not place.overlay for place, _ in places):
        places = [named for named in places if named[0] is not SCENERY]
    if all(place.overlay for place, _ in places):
        places.insert(0, (HILLS, None))
    return places
