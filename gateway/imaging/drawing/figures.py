"""Those who stand upright: robot, wanderer, astronaut."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import Outline, arc, box, circle, oval, points, ribbon, smooth
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen

_STEEL: Colour = (206, 212, 220)
_EYE: Colour = (110, 232, 250)


def robot(pen: Pen, colour: Colour) -> None:
    """Friendly and round; its right hand, towards larger x, is raised to (0.42, 0.52)."""
    pen.shadow(0.42, 0.45)
    joint = darken(_STEEL, 0.45)
    for x in (-0.12, 0.12):
        pen.fill(Fade((joint, lighten(joint, 0.25), joint), across=True), box(x - 0.045, 0.06, x + 0.045, 0.24))
        pen.fill(Fade((lighten(colour, 0.1), darken(colour, 0.25))), box(x - 0.10, 0.0, x + 0.10, 0.09, 0.04))
    _arm(pen, points("-0.22,0.46 -0.34,0.36 -0.33,0.22"))
    pen.fill(joint, box(-0.06, 0.52, 0.06, 0.60))
    torso = box(-0.24, 0.20, 0.24, 0.54, 0.09)
    pen.fill(Fade((lighten(colour, 0.30), colour, darken(colour, 0.28)), across=True), torso)
    pen.fill(darken(colour, 0.35), box(-0.13, 0.29, 0.13, 0.46, 0.03), opacity=0.85)
    pen.shine((250, 110, 90), circle(-0.07, 0.41, 0.025))
    pen.shine((250, 206, 90), circle(0.0, 0.41, 0.025))
    pen.shine((120, 220, 130), circle(0.07, 0.41, 0.025))
    pen.fill(lighten(colour, 0.4), box(-0.09, 0.325, 0.09, 0.35, 0.01))
    _arm(pen, points("0.22,0.46 0.36,0.38 0.42,0.52"))
    _robot_head(pen, colour)


def person(pen: Pen, colour: Colour) -> None:
    """Seen from behind, in a coat, looking into the picture."""
    pen.shadow(0.28, 0.5)
    trousers = (58, 62, 84)
    pen.fill(
        Fade((trousers, darken(trousers, 0.3))),
        ribbon([(-0.06, 0.40), (-0.075, 0.04)], (0.11, 0.075)),
        ribbon([(0.06, 0.40), (0.075, 0.04)], (0.11, 0.075)),
    )
    pen.fill((52, 38, 34), oval(-0.085, 0.02, 0.055, 0.028), oval(0.085, 0.02, 0.055, 0.028))
    for side in (-1, 1):
        sleeve = smooth([(0.12 * side, 0.72), (0.20 * side, 0.56), (0.19 * side, 0.40)], closed=False)
        pen.fill(darken(colour, 0.15), ribbon(sleeve, (0.09, 0.075)))
        pen.fill((226, 180, 150), circle(0.19 * side, 0.38, 0.033))
    coat = smooth(
        points("0,0.79 0.1,0.76 0.15,0.66 0.14,0.5 0.19,0.28 0,0.26 -0.19,0.28 -0.14,0.5 -0.15,0.66 -0.1,0.76")
    )
    pen.fill(Fade((lighten(colour, 0.2), colour, darken(colour, 0.25)), across=True), coat)
    pen.fill(
        darken(colour, 0.4),
        ribbon([(0.0, 0.50), (0.0, 0.27)], (0.008,)),
        ribbon([(-0.135, 0.51), (0.135, 0.51)], (0.016,)),
        opacity=0.7,
    )
    pen.fill((226, 180, 150), box(-0.035, 0.76, 0.035, 0.83))
    hair = (74, 48, 38)
    pen.fill(Globe(lighten(hair, 0.25), darken(hair, 0.25)), oval(0.0, 0.90, 0.088, 0.098))
    scarf = mix(lighten(colour, 0.3), (250, 200, 110), 0.6)
    pen.fill(
        scarf,
        box(-0.095, 0.765, 0.095, 0.815, 0.024),
        ribbon(points("0.05,0.79 0.15,0.72 0.24,0.73"), (0.05, 0.055, 0.06)),
    )


def astronaut(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.34, 0.4)
    suit, fold = (244, 244, 248), (176, 182, 200)
    pen.fill(Fade((darken(fold, 0.1), fold, darken(fold, 0.3)), across=True), box(-0.24, 0.34, 0.24, 0.72, 0.06))
    for side in (-1, 1):
        pen.fill(
            Fade((suit, fold), across=True),
            ribbon([(0.09 * side, 0.38), (0.12 * side, 0.06)], (0.17, 0.14)),
            oval(0.14 * side, 0.04, 0.10, 0.05),
        )
        arm = smooth([(0.16 * side, 0.64), (0.32 * side, 0.52), (0.32 * side, 0.36 + 0.3 * (side > 0))], closed=False)
        pen.fill(Fade((suit, fold)), ribbon(arm, (0.15, 0.12, 0.11)), circle(*arm[-1], 0.065))
    pen.fill(Fade((WHITE, suit, fold), across=True), box(-0.19, 0.32, 0.19, 0.70, 0.09))
    pen.fill(darken(fold, 0.35), box(-0.11, 0.44, 0.11, 0.56, 0.02))
    pen.shine(colour, box(-0.085, 0.50, -0.03, 0.54), box(0.03, 0.46, 0.085, 0.49))
    pen.shine((120, 220, 160), circle(-0.055, 0.47, 0.014, 14))
    pen.fill(Globe(WHITE, fold, 0.4, 0.3, 0.9), circle(0.0, 0.82, 0.19))
    pen.fill(colour, ribbon(arc(0.0, 0.82, 0.15, 200, 340), (0.02,)))
    pen.fill(Globe((250, 206, 130), (38, 34, 66), 0.32, 0.28, 0.8), oval(0.0, 0.82, 0.145, 0.115))
    pen.shine(WHITE, oval(-0.07, 0.87, 0.03, 0.014, 28), opacity=0.85)


def _arm(pen: Pen, knots: Outline) -> None:
    line = smooth(knots, closed=False)
    pen.fill(Fade((lighten(_STEEL, 0.2), darken(_STEEL, 0.35))), ribbon(line, (0.075, 0.065)))
    pen.fill(Globe(lighten(_STEEL, 0.2), darken(_STEEL, 0.4)), circle(*knots[0], 0.05))
    pen.fill(darken(_STEEL, 0.4), *(circle(*point, 0.034) for point in line[4:-3:5]), opacity=0.5)
    pen.fill(Globe(lighten(_STEEL, 0.3), darken(_STEEL, 0.3)), circle(*knots[-1], 0.058))


def _robot_head(pen: Pen, colour: Colour) -> None:
    pen.fill(darken(_STEEL, 0.4), box(-0.012, 0.88, 0.012, 0.98), box(-0.33, 0.66, 0.33, 0.76, 0.03))
    pen.glow((255, 150, 110), 0.0, 1.0, 0.12, 0.7)
    pen.shine((255, 120, 90), circle(0.0, 1.0, 0.032))
    head = box(-0.29, 0.56, 0.29, 0.90, 0.13)
    pen.fill(Fade((lighten(colour, 0.38), lighten(colour, 0.06), darken(colour, 0.22)), across=True), head)
    pen.fill((34, 42, 58), box(-0.22, 0.62, 0.22, 0.84, 0.09))
    for x in (-0.10, 0.10):
        pen.glow(_EYE, x, 0.755, 0.11, 0.6)
        pen.shine(_EYE, oval(x, 0.755, 0.045, 0.055))
        pen.shine(WHITE, circle(x - 0.012, 0.775, 0.014, 16))
    pen.shine(_EYE, ribbon(arc(0.0, 0.715, 0.055, 205, 335), (0.018,)))
    pen.fill(WHITE, oval(-0.20, 0.855, 0.05, 0.014, 20), opacity=0.6, soft=0.006)
