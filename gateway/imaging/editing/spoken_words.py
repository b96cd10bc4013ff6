"""The words of the grammar: what people say around the operations, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from gateway.imaging.editing.meanings import (
    Amount,
    Aspect,
    Axis,
    Direction,
    Joint,
    Mark,
    Measure,
    Place,
    Ratio,
    Sense,
    Spin,
    Unit,
    Verb,
)

Entry: TypeAlias = tuple[Sense | Joint, ...]
"""What a phrase means; several meanings at once for a phrase that stands for several words."""

SPOKEN: Mapping[Entry, str] = MappingProxyType(
    {
        (Verb.ADD,): (
            "add, put, draw, place, insert, include, overlay, give, show, create, render, introduce, fill, "
            "blend, merge, combine, superimpose, mix"
        ),
        (Verb.CHANGE,): (
            "make, makes, turn, convert, change, transform, adjust, edit, modify, apply, use, do, get, set, "
            "go, switch, bring, let, have, want, need, try, be, is, are, become, becomes, should, look, looks, "
            "looking, appear, paint, colourise, recolour, alter, affect, lose, "
            "changing, altering, affecting, making, modifying, losing, touching, shift"
        ),
        (Verb.KEEP,): (
            "keep, keeps, keeping, preserve, preserving, maintain, retain, leave, leaving, stay, stays, "
            "remain, remains, unchanged, untouched, intact, unaltered"
        ),
        (Verb.REMOVE,): (
            "remove, removing, erase, delete, eliminate, get rid, take out, take away, take off, hide, "
            "replace, swap, clear, strip, cut out, clean, clean up, stop"
        ),
        (Verb.REFUSE,): (
            "not, don't, doesn't, didn't, isn't, aren't, can't, cannot, won't, shouldn't, mustn't, never, no, "
            "avoid, nor, neither, refrain, none, not touch, don't touch"
        ),
        (Verb.REFUSE, Mark.TARGET): "nothing",
        (Joint.AND, Verb.SPARE): "without, instead of, rather than",
        (Verb.CHANGE, Place.LEFT): "turn left side, turn left half, turn left part",
        (Verb.CHANGE, Place.RIGHT): "turn right side, turn right half, turn right part",
        (Verb.CHANGE, Mark.TARGET): "colour it, colour image, colour picture",
        (Verb.CHANGE, Place.SKY): "colour sky",
        (Verb.CHANGE, Place.GROUND): "colour ground",
        (Mark.FILLER,): (
            "please, kindly, thanks, thank, hi, hello, hey, i, i'd, i'll, me, we, us, you, can, "
            "could, would, will, may, might, must, let's, as, effect, effects, filter, style, styled, "
            "stylised, version, feel, vibe, mood, tone, tones, here, there, now, completely, fully, entirely, "
            "totally, exactly, side, part, area, region, portion, section, corner, direction, nice, "
            "nicely, beautiful, beautifully, lovely, pretty, realistic, natural, naturally, simple, single, "
            "one, layer, format, it's, that's, there's, kind, sort, original, current, existing, too, "
            "levels, steps, shades, mind"
        ),
        (Mark.TARGET,): (
            "image, images, picture, pictures, photo, photos, photograph, pic, it, everything, whole, entire, "
            "scene, shot, overall, result, output"
        ),
        (Mark.CONNECTOR,): (
            "to, in, into, on, onto, upon, over, across, of, from, by, above, behind, through, around, round, "
            "near, along, under, beneath, below, for, between, against, toward, towards, off, inside, within, "
            "out, like, arching, stretching, spanning, shining, hanging, setting, rising, drifting, twinkling, "
            "coming, going, running, falling, placed, positioned, which, where"
        ),
        (Mark.CHAIN,): "with, at, during, plus, having",
        (Mark.ONLY,): "just, only, simply, instead, merely",
        (Mark.REST,): "rest, everything else, anything else, nothing else, else, same, other parts, as is",
        (Mark.OBSTACLE,): (
            "except, excluding, unless, if, everything but, anything but, nothing but, apart, zoom out, style of"
        ),
        (Aspect.COLOUR,): "colours, colouring, palette, hues, colour",
        (Aspect.LIGHT,): "lighting, light levels, illumination",
        (Aspect.SHAPE,): (
            "size, dimensions, shape, composition, framing, aspect ratio, proportions, resolution, aspect, "
            "orientation, ratio"
        ),
        (Aspect.DETAIL,): "details, detail, texture, textures",
        (Aspect.CONTENT,): "content, contents, subject, subjects",
        (Place.TOP,): "top, upper, top half, upper half",
        (Place.BOTTOM,): "bottom, lower half, bottom half, lower part",
        (Place.LEFT,): "left, left half, left hand",
        (Place.RIGHT,): "right, right half, right hand",
        (Place.CENTRE,): "centre, middle",
        (Place.EDGES,): "edges, edge, corners",
        (Place.SKY,): "sky, skies, night sky, heavens",
        (Place.GROUND,): "ground",
        (Axis.HORIZONTAL,): "horizontally, horizontal, sideways, left right, left to right, right to left",
        (Axis.VERTICAL,): "vertically, vertical, top to bottom, bottom to top, top bottom",
        (Spin.CLOCKWISE,): "clockwise",
        (Spin.COUNTERCLOCKWISE,): "counterclockwise, anticlockwise, counter clockwise, anti clockwise",
        (Direction(1),): (
            "more, increase, increased, increasing, raise, raised, boost, boosted, higher, high, enhance, "
            "enhanced, intensify, extra, additional, improve, improved, turn up, bring up"
        ),
        (Direction(-1),): (
            "less, reduce, reduced, reducing, lower, decrease, decreased, decreasing, lessen, low, turn down, "
            "bring down, tone down, dial down, cut down"
        ),
        (Direction(1, particle=True),): "up",
        (Direction(-1, particle=True),): "down",
        (Amount(0.5),): (
            "slightly, slight, bit, little, little bit, touch, tad, hint, subtle, subtly, somewhat, gently, "
            "gentle, lightly, light, mild, mildly, faint, small, tiny, thin, fine, few, low key, weak, narrow, "
            "barely"
        ),
        (Amount(0.7),): "soft, softly, moderately, moderate",
        (Amount(1.5),): (
            "strongly, strong, very, lot, much, heavily, heavy, intense, intensely, really, super, big, large, "
            "dramatic, dramatically, greatly, significantly, considerably, quite, thick, dense, bold, many, "
            "wide, far"
        ),
        (Amount(2.0),): (
            "extremely, extreme, huge, giant, maximum, hugely, massive, massively, drastically, very very, "
            "very strong, very strongly, very heavy, very much, enormous"
        ),
        (Measure(2, Unit.TIMES),): "twice, double, doubled",
        (Measure(3, Unit.TIMES),): "triple",
        (Measure(50, Unit.PERCENT),): "half",
        (Measure(25, Unit.PERCENT),): "quarter",
        (Measure(90, Unit.DEGREES),): "quarter turn, ninety degrees",
        (Measure(180, Unit.DEGREES),): "upside down, half turn, on head",
        (Ratio(1, 1),): "square",
        (Ratio(16, 9),): "widescreen",
        (Joint.SENTENCE,): "then, but, afterwards, after, finally, next, however, yet, and then",
        (Joint.COMMA,): "also, first, and also",
        (Joint.AND,): ("and, so, in order to, so as to, to make, to give, to get, as well as, because, while, whilst"),
        (Joint.OR,): "or",
    }
)
"""Meanings and the phrases that have them. A phrase is looked up with the ignored words left out."""

STOPS: Mapping[Joint, str] = MappingProxyType(
    {Joint.SENTENCE: ".;!?\n", Joint.COMMA: ",-–—/()[]", Joint.AND: "&+"}  # noqa: RUF001 - dashes that people type
)

IGNORED = frozenset(
    {
        "a",
        "an",
        "the",
        "all",
        "its",
        "any",
        "some",
        "this",
        "that",
        "these",
        "those",
        "our",
        "my",
        "your",
        "own",
        "each",
        ":",
        "…",
    }
)
"""Never looked at, so that "remove all the noise" is the phrase "remove noise"."""
